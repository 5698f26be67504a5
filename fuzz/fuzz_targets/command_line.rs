#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| native_agent_sdk_fuzz::command_line(data));
