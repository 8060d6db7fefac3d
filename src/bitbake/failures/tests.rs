use super::*;

const ID: &str = "/m/fail-shell_1.0.bb:do_compile";
const LOG: &str = "/t/work/core2/fail-shell/1.0/temp/log.do_compile.21294";
const PF: &str = "fail-shell-1.0-r0";

type Step = fn(&mut Failures);

#[test]
fn the_lines_of_a_failure_may_come_in_any_order() {
    let steps: [Step; 4] = [
        |all| all.ended(4, PF, "do_compile", None),
        |all| all.log(2, LOG, None),
        |all| all.counted(5, &TaskId::new(ID), Some(1)),
        |all| {
            let subject = Subject { multiconfig: None, pf: PF, task: "do_compile" };
            all.error(subject, "Execution of '/x' failed with exit code 1");
            all.error(subject, "it went wrong");
        },
    ];
    for order in 0..24 {
        let mut left: Vec<Step> = steps.to_vec();
        let mut all = Failures::default();
        let mut rest = order;
        for choices in (1..=4).rev() {
            left.remove(rest % choices)(&mut all);
            rest /= choices;
        }
        let [failure] = all.tasks() else { panic!("{order}: {:#?}", all.tasks()) };
        assert_eq!(failure.pf.as_deref(), Some(PF), "{order}");
        assert_eq!(failure.recipe().as_deref(), Some("fail-shell"), "{order}");
        assert_eq!(failure.log.as_deref(), Some(LOG), "{order}");
        assert_eq!(failure.cause.as_deref(), Some("it went wrong"), "{order}");
        assert_eq!((failure.exit_code, failure.is_reported), (Some(1), true), "{order}");
    }
}

#[test]
fn the_same_task_of_two_configurations_fails_twice() {
    let mut all = Failures::default();
    for name in ["boxa", "boxb"] {
        all.counted(1, &TaskId::new(&format!("mc:{name}:{ID}")), Some(1));
    }
    all.ended(2, PF, "do_compile", None);
    all.ended(3, PF, "do_compile", None);
    assert_eq!((all.tasks().len(), all.ids().len()), (2, 2));
}
