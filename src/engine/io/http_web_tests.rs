#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

#[test]
fn only_addresses_of_the_internet_are_public() {
    for (address, public) in [
        ("1.1.1.1", true),
        ("93.184.216.34", true),
        ("127.0.0.1", false),
        ("127.1.2.3", false),
        ("10.1.2.3", false),
        ("172.16.0.1", false),
        ("172.32.0.1", true),
        ("192.168.1.1", false),
        ("169.254.169.254", false),
        ("100.100.100.200", false),
        ("100.128.0.1", true),
        ("168.63.129.16", false),
        ("0.0.0.0", false),
        ("192.0.0.192", false),
        ("198.18.0.1", false),
        ("224.0.0.1", false),
        ("255.255.255.255", false),
        ("2606:4700::1111", true),
        ("2001:4860:4860::8888", true),
        ("::1", false),
        ("::", false),
        ("fd00:ec2::254", false),
        ("fe80::1", false),
        ("fec0::1", false),
        ("ff02::1", false),
        ("2001:db8::1", false),
        ("2001::1", false),
        ("::ffff:127.0.0.1", false),
        ("::ffff:1.1.1.1", true),
        ("::127.0.0.1", false),
        ("64:ff9b::10.0.0.1", false),
        ("64:ff9b:1::1", false),
        ("2002:7f00:1::", false),
        ("2002:101:101::", true),
    ] {
        assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
    }
}

async fn refused(url: &str, guard: &Guard) -> String {
    let env = Arc::new(Env::new([]));
    get(&Url::parse(url).unwrap(), guard, &env, 10).await.unwrap_err()
}

#[tokio::test]
async fn private_addresses_are_refused_however_they_are_written() {
    for url in [
        "http://127.0.0.1:1/",
        "http://127.1:1/",
        "http://2130706433:1/",
        "http://0x7f.0.0.1:1/",
        "http://[::1]:1/",
        "http://[::ffff:127.0.0.1]:1/",
        "http://169.254.169.254/latest/meta-data",
        "http://localhost:1/",
        "http://LOCALHOST:1/",
    ] {
        let text = refused(url, &Guard::default()).await;
        assert!(
            text.ends_with("has a private or reserved address, which this tool does not reach"),
            "{url}: {text}"
        );
    }
}

#[tokio::test]
async fn a_proxy_is_no_way_around_and_may_itself_be_private() {
    let env = Arc::new(Env::new([("http_proxy".to_owned(), "http://localhost:1".to_owned())]));
    let guard = Guard::default();
    let ask = |url: &str| {
        let (url, env, guard) = (Url::parse(url).unwrap(), Arc::clone(&env), guard.clone());
        async move { get(&url, &guard, &env, 10).await.unwrap_err() }
    };
    assert!(ask("http://localhost/").await.contains("private or reserved"));
    assert!(ask("http://10.0.0.1/").await.contains("private or reserved"));
    // The proxy is asked, and is not there.
    let text = ask("http://8.8.8.8/").await;
    assert!(text.starts_with("8.8.8.8 could not be reached: ") && !text.contains("private"), "{text}");
}

#[test]
fn hosts_are_allowed_by_their_exact_name() {
    let guard = Guard { private_hosts: vec!["dev.local".into(), "::1".into()] };
    for (host, allowed) in
        [("dev.local", true), ("DEV.local.", true), ("[::1]", true), ("a.dev.local", false), ("local", false)]
    {
        assert_eq!(guard.allows(host), allowed, "{host}");
    }
}
