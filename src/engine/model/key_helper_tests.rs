#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

struct Bench {
    dir: tempfile::TempDir,
    clock: Clock,
}

impl Bench {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), clock: Clock::manual() }
    }

    fn helper(&self, command: &str, ttl: &str) -> KeyHelper {
        let vars = [("CLAUDE_CODE_API_KEY_HELPER_TTL_MS", ttl), ("KEY", "sk-from-env")];
        let path = std::env::var("PATH").unwrap();
        let vars = vars.into_iter().chain([("PATH", path.as_str())]);
        let env = Env::new(vars.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let table = Arc::new(ProcessTable::default());
        KeyHelper::new(command.to_owned(), self.dir.path().to_path_buf(), &env, table, self.clock.clone())
    }

    fn runs(&self) -> usize {
        std::fs::read_to_string(self.dir.path().join("runs")).unwrap_or_default().lines().count()
    }
}

const COUNTING: &str = "echo x >> runs; echo sk-number-$(wc -l < runs | tr -d ' ')";

#[tokio::test]
async fn an_answer_holds_until_it_is_old_or_refused_row_525() {
    let bench = Bench::new();
    let helper = bench.helper(COUNTING, "1000");
    let first = helper.credentials().await.unwrap();
    bench.clock.advance(Duration::from_millis(999));
    assert!(helper.credentials().await.unwrap().same(&first));
    assert_eq!(bench.runs(), 1);
    bench.clock.advance(Duration::from_millis(1));
    let second = helper.credentials().await.unwrap();
    assert!(!second.same(&first) && bench.runs() == 2);
    helper.forget(&first).await;
    assert!(helper.credentials().await.unwrap().same(&second), "the refused one was replaced already");
    helper.forget(&second).await;
    assert!(!helper.credentials().await.unwrap().same(&second));
    assert_eq!(bench.runs(), 3);
}

#[tokio::test]
async fn requests_that_come_together_share_one_run() {
    let bench = Bench::new();
    let helper = bench.helper(COUNTING, "300000");
    let (one, two) = tokio::join!(helper.credentials(), helper.credentials());
    assert!(one.unwrap().same(&two.unwrap()));
    assert_eq!(bench.runs(), 1);
}

#[tokio::test]
async fn a_helper_that_fails_says_so_without_what_it_printed() {
    let bench = Bench::new();
    for (command, part) in [
        ("echo hidden-value; exit 3", "exit code 3"),
        ("true", "printed nothing"),
        ("echo hidden-value and more", "white space"),
        ("echo hidden-value >&2; kill -9 $$", "exit code 137"),
    ] {
        let failure = bench.helper(command, "1000").credentials().await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::AuthenticationFailed);
        assert!(failure.message.contains(part), "{}", failure.message);
        assert!(
            !failure.message.contains("hidden-value") && !failure.message.contains("echo"),
            "{}",
            failure.message
        );
    }
    assert!(!format!("{:?}", bench.helper("echo hidden-value", "1")).contains("hidden-value"));
}
