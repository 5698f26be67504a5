use super::*;

#[test]
fn a_url_keeps_its_host_and_path() {
    for (text, told) in [
        ("no connection", "no connection"),
        ("see http://h/a", "see http://h/a"),
        ("for url (https://u:p@h:1/mcp?key=s3cret)", "for url (https://h:1/mcp?…)"),
        ("url (https://h/mcp?key=s3)cret&b=2): refused", "url (https://h/mcp?…): refused"),
        ("\"https://key@h\" and http://h?s3cret#x, too", "\"https://h\" and http://h?…, too"),
        ("http://h/?next=http://u:s3cret@i/", "http://h/?…"),
        ("http://h/#s3cret", "http://h/?…"),
        ("ends in ://", "ends in ://"),
        ("a@b.c", "a@b.c"),
    ] {
        assert_eq!(without_secrets(text), told);
    }
}
