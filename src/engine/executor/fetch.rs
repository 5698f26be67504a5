//! A page that the embedder fetches: `options.executors.fetch`.

use super::{ExecutorCall, Fault, bytes_from_json};
use crate::engine::host::Host;
use crate::engine::io::http::web::{ACCEPT, Answer, Guard, check, reason};
use reqwest::Url;
use serde_json::{Value, json};
use std::sync::Arc;

/// What the answer must look like.
const AN_ANSWER: &str = "{ status, headers, body } with a whole number, headers.get() and bytes";

/// Gets `url` as `http::web::get` does. Of addresses only one that is written in the URL can be judged here: names are
/// resolved where the request is sent. Dropping the future aborts the request.
pub async fn get(host: &Arc<dyn Host>, url: &Url, guard: &Guard, most: usize) -> Result<Answer, String> {
    check(url, guard, false).await?;
    let name = url.host_str().unwrap_or_default();
    let params = json!({
        "url": url.as_str(),
        "headers": { "accept": ACCEPT },
        "wanted": ["content-type", "location"],
        "most": most,
    });
    let answer = host.execute(ExecutorCall { method: "fetch", params }).await;
    let answer = answer.map_err(|fault| format!("{name} could not be reached: {}", fault.text()))?;
    read(answer, most).ok_or_else(|| Fault::garbage("fetch", AN_ANSWER).text())
}

fn read(mut answer: Value, most: usize) -> Option<Answer> {
    let status = u16::try_from(answer.get("status")?.as_u64()?).ok().filter(|s| (100..600).contains(s))?;
    let header =
        |name: &str| answer.pointer(&format!("/headers/{name}")).and_then(Value::as_str).map(str::to_owned);
    let (content_type, location) = (header("content-type").unwrap_or_default(), header("location"));
    let mut body = bytes_from_json(answer.get_mut("body").map(Value::take)?)?;
    let cut = answer.get("cut").and_then(Value::as_bool).unwrap_or(false) || body.len() > most;
    body.truncate(most);
    Some(Answer { status, reason: reason(status), content_type, location, body: body.into(), cut })
}
