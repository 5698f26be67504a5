#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]

use super::*;

/// Every text of up to three characters of an alphabet that holds all that means something to a shell.
#[test]
fn plain_words_are_read_like_all_others() {
    let alphabet: Vec<char> = (0..=127_u8).map(char::from).chain(['é', '\u{a0}', '漢']).collect();
    let check = |text: &str| assert_eq!(decode(text), decode_all(text), "{text:?}");
    check("");
    for &one in &alphabet {
        check(&one.to_string());
        for &two in &alphabet {
            check(&format!("{one}{two}"));
            check(&format!("a{one}b{two}c"));
        }
    }
    for text in ["x=~/y", "x=a:~b", "a=b", "{a,b}", "a}b,c", "]", "[a]", "--flag=value", "s/a/b/g"] {
        check(text);
    }
}
