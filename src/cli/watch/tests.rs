use super::*;

#[test]
fn each_outcome_has_its_exit_code() {
    for (outcome, code) in [
        (Some(Outcome::Success), 0),
        (Some(Outcome::SuccessWithErrors), 1),
        (Some(Outcome::Failed), 1),
        (Some(Outcome::NoProvider), 1),
        (Some(Outcome::ParseError), 1),
        (Some(Outcome::ConfigError), 1),
        (Some(Outcome::Interrupted), 7),
        (Some(Outcome::Halted), 8),
        (Some(Outcome::Crashed), 9),
        (None, 9),
    ] {
        assert_eq!(exit_of(outcome).code(), code, "{outcome:?}");
    }
}
