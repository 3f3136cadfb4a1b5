//! The conditions that a hunt tries, from cheap to expensive.

use crate::conditions::Conditions;
use crate::plan::Plan;
use crate::target::Form;

/// The number of copies per processor: as many as other tools run when they run a test against
/// itself, and enough to keep every processor busy.
const COPIES: usize = 2;

/// The arms of a hunt. The first is the undisturbed target: each of its runs yields a tail, so a
/// few of them show how close it is to leaking, at no cost.
pub fn arms(plan: &Plan) -> Vec<Conditions> {
    let most = plan.target.at_a_time.map_or(usize::MAX, usize::from);
    let copies = (COPIES * plan.processors).max(2).min(most);
    let plain = Conditions::default;
    let mut arms = vec![plain(), Conditions { copies, ..plain() }];
    if matches!(plan.target.form, Form::Check { .. }) {
        // A delay at the right moment does more than any load.
        arms.extend([
            Conditions { delays: true, ..plain() },
            Conditions { pauses: true, ..plain() },
            Conditions { copies, delays: true, ..plain() },
        ]);
    }
    arms.extend([
        Conditions { copies, one_core: true, ..plain() },
        Conditions { busy: 1, ..plain() },
        Conditions { busy: 4, ..plain() },
        Conditions { busy: 16, ..plain() },
        Conditions { ballast: plan.ballast, copies, ..plain() },
        Conditions { copies, busy: 4, ..plain() },
        Conditions { copies, busy: 16, ballast: plan.ballast, ..plain() },
    ]);
    // With one copy at a time, or no spare memory, some are equal.
    let mut seen = Vec::new();
    arms.retain(|arm| {
        let is_new = !seen.contains(arm);
        seen.push(arm.clone());
        is_new
    });
    arms
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::{Plan, arms};
    use crate::target::Target;

    fn plan(target: Target) -> Plan {
        Plan { processors: 4, ballast: 256, ..Plan::new(target, 1) }
    }

    #[test]
    fn it_begins_with_the_target_as_it_is() {
        let arms = arms(&plan(Target::command(["true"])));
        assert!(arms[0].is_plain());
        assert_eq!(arms[1].to_string(), "copies 8");
        assert!(arms.iter().all(|arm| !arm.delays && !arm.pauses));
    }

    #[test]
    fn messages_are_delayed_only_where_there_are_some() {
        let arms = arms(&plan(Target::check("turn::ends", Vec::new(), vec!["server".to_owned()])));
        assert!(arms.iter().any(|arm| arm.delays) && arms.iter().any(|arm| arm.pauses));
    }

    #[test]
    fn one_at_a_time_is_one_at_a_time_and_no_arm_comes_twice() {
        let target = Target { at_a_time: NonZero::new(1), ..Target::command(["true"]) };
        let arms = arms(&Plan { ballast: 0, ..plan(target) });
        assert!(arms.iter().all(|arm| arm.copies == 1));
        let mut names: Vec<String> = arms.iter().map(ToString::to_string).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), arms.len());
    }
}
