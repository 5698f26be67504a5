//! A file system in memory that answers the questions of `options.executors.fs`.

use native_agent_sdk::engine::executor::{ExecutorCall, Fault, bytes_from_json, bytes_to_json};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

#[derive(Debug, Clone)]
enum Node {
    Dir,
    File { bytes: Vec<u8>, mode: u64, at: u64 },
    Link(String),
}

/// Files by path.
#[derive(Debug, Default)]
pub struct MemoryFs {
    nodes: Mutex<BTreeMap<PathBuf, Node>>,
}

type Answer = Result<Value, Fault>;

/// A fault with a code.
pub fn fault(code: &str, message: &str) -> Fault {
    Fault { code: Some(code.to_owned()), message: message.to_owned() }
}

fn missing(path: &Path) -> Fault {
    fault("ENOENT", &format!("no such file or directory, {}", path.display()))
}

/// The option `executors.fs` as it crosses.
pub fn option() -> Value {
    let names =
        ["lstat", "mkdir", "readFile", "readdir", "realpath", "rename", "stat", "unlink", "writeFile"];
    names.iter().map(|name| ((*name).to_owned(), json!({ "$function": true }))).collect()
}

impl MemoryFs {
    /// Puts a file, and the directories above it.
    pub fn file(&self, path: &str, text: &str) {
        self.put(path, Node::File { bytes: text.as_bytes().to_vec(), mode: 0o644, at: 1 });
    }

    /// Puts a symbolic link.
    pub fn link(&self, path: &str, target: &str) {
        self.put(path, Node::Link(target.to_owned()));
    }

    fn put(&self, path: &str, node: Node) {
        let mut nodes = self.nodes.lock().unwrap();
        for dir in Path::new(path).ancestors().skip(1) {
            nodes.entry(dir.to_path_buf()).or_insert(Node::Dir);
        }
        nodes.insert(path.into(), node);
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<String> {
        match self.nodes.lock().unwrap().get(Path::new(path)) {
            Some(Node::File { bytes, .. }) => Some(String::from_utf8(bytes.clone()).unwrap()),
            Some(Node::Dir | Node::Link(_)) | None => None,
        }
    }

    /// Every path below the root that is no directory.
    pub fn paths(&self) -> Vec<String> {
        let nodes = self.nodes.lock().unwrap();
        let files = nodes.iter().filter(|(_, node)| !matches!(node, Node::Dir));
        files.map(|(path, _)| path.to_string_lossy().into_owned()).collect()
    }

    fn real(&self, path: &Path, hops: u32) -> Result<PathBuf, Fault> {
        let mut out = PathBuf::from("/");
        for part in path.components() {
            match part {
                Component::ParentDir => drop(out.pop()),
                Component::Normal(name) => {
                    let next = out.join(name);
                    let node = self.nodes.lock().unwrap().get(&next).cloned();
                    out = match node {
                        None => return Err(missing(path)),
                        Some(Node::Link(_)) if hops > 40 => return Err(fault("ELOOP", "too many links")),
                        Some(Node::Link(target)) => self.real(&out.join(target), hops + 1)?,
                        Some(Node::Dir | Node::File { .. }) => next,
                    };
                }
                Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
            }
        }
        Ok(out)
    }

    /// Answers one question.
    pub fn answer(&self, call: &ExecutorCall) -> Answer {
        let text = |name: &str| call.params[name].as_str().unwrap_or_default().to_owned();
        let path = PathBuf::from(text("path"));
        match call.method {
            "fs.realpath" => Ok(json!(self.real(&path, 0)?)),
            "fs.stat" => self.stat(&self.real(&path, 0)?),
            "fs.lstat" => {
                let parent = self.real(path.parent().unwrap_or(Path::new("/")), 0)?;
                self.stat(&path.file_name().map_or(parent.clone(), |name| parent.join(name)))
            }
            "fs.readFile" => match self.node(&self.real(&path, 0)?)? {
                Node::File { bytes, .. } => {
                    let length = call.params["length"].as_u64().map_or(usize::MAX, |n| n as usize);
                    Ok(bytes_to_json(&bytes[..bytes.len().min(length)]))
                }
                Node::Dir | Node::Link(_) => Err(fault("EISDIR", "it is a directory")),
            },
            "fs.readdir" => {
                let dir = self.real(&path, 0)?;
                let nodes = self.nodes.lock().unwrap();
                let entries = nodes.iter().filter(|(path, _)| path.parent() == Some(&dir));
                Ok(entries
                    .map(|(path, node)| json!({ "name": path.file_name().unwrap().to_str(), "type": kind(node) }))
                    .collect())
            }
            "fs.mkdir" => {
                for dir in path.ancestors() {
                    self.nodes.lock().unwrap().entry(dir.to_path_buf()).or_insert(Node::Dir);
                }
                Ok(Value::Null)
            }
            "fs.writeFile" => {
                let bytes = bytes_from_json(call.params["data"].clone()).unwrap();
                let mut nodes = self.nodes.lock().unwrap();
                if nodes.contains_key(&path) && call.params["exclusive"] == json!(true) {
                    return Err(fault("EEXIST", "it exists"));
                }
                if !nodes.contains_key(path.parent().unwrap()) {
                    return Err(missing(&path));
                }
                let at = 1000 + nodes.len() as u64;
                let mode = call.params["mode"].as_u64().unwrap_or(0o644);
                nodes.insert(path, Node::File { bytes, mode, at });
                Ok(Value::Null)
            }
            "fs.rename" => {
                let mut nodes = self.nodes.lock().unwrap();
                let node = nodes.remove(Path::new(&text("from"))).ok_or_else(|| missing(&path))?;
                nodes.insert(text("to").into(), node);
                Ok(Value::Null)
            }
            "fs.unlink" => {
                self.nodes.lock().unwrap().remove(&path).map(|_| Value::Null).ok_or_else(|| missing(&path))
            }
            other => Err(Fault::new(format!("no method {other}"))),
        }
    }

    fn node(&self, path: &Path) -> Result<Node, Fault> {
        self.nodes.lock().unwrap().get(path).cloned().ok_or_else(|| missing(path))
    }

    fn stat(&self, path: &Path) -> Answer {
        let node = self.node(path)?;
        let (size, mode, at) = match &node {
            Node::File { bytes, mode, at } => (bytes.len(), *mode, *at),
            Node::Dir | Node::Link(_) => (0, 0o755, 1),
        };
        Ok(json!({ "type": kind(&node), "size": size, "mtimeMs": at, "mode": mode }))
    }
}

fn kind(node: &Node) -> &'static str {
    match node {
        Node::Dir => "directory",
        Node::File { .. } => "file",
        Node::Link(_) => "symlink",
    }
}
