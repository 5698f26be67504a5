#![allow(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

use super::*;

#[test]
fn codes_mean_what_they_mean_on_this_machine() {
    for (code, kind) in CODES {
        let fault = Fault { code: Some(code.to_owned()), message: "why".to_owned() };
        let error = io::Error::from(fault);
        assert_eq!((error.kind(), error.to_string()), (kind, format!("{code}: why")));
    }
    let other = Fault { code: Some("EODD".to_owned()), message: "EODD: why".to_owned() };
    let error = io::Error::from(other);
    assert_eq!((error.kind(), error.to_string()), (ErrorKind::Other, "EODD: why".to_owned()));
}
