/// Says something on stderr that nothing else can tell: a test that passes has no
/// report, and a process that is about to be aborted returns none.
#[expect(clippy::print_stderr, reason = "nobody else is left to tell")]
pub(super) fn notice(text: &str) {
    eprintln!("surefoot: {text}");
}
