//! The conditions that a hunt tries, from cheap to expensive.

use crate::conditions::Conditions;
use crate::plan::Plan;
use crate::runner::Kind;
use crate::target::Form;

/// The number of copies per processor: as many as other tools run when they run a test against
/// itself, and enough to keep every processor busy.
const COPIES: usize = 2;

/// The memory that a process may write where it is scarce, in MiB: as much as the smallest machines of
/// CI have for a test, and enough for an interpreter to start.
const MEMORY: usize = 256;

/// The room on a full disk, in MiB: enough for what every program writes.
const DISK: usize = 1;

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
        Conditions { slow_disk: true, ..plain() },
        Conditions { coarse_clock: true, ..plain() },
        Conditions { copies, slow_disk: true, ..plain() },
        Conditions { copies, busy: 4, ..plain() },
        Conditions { copies, busy: 16, ..plain() },
        Conditions { disk: DISK, ..plain() },
        Conditions { memory: MEMORY, ..plain() },
    ]);
    arms.extend(after(plan));
    // With one copy at a time some are equal; some cannot be made here.
    let mut seen = Vec::new();
    arms.retain(|arm| {
        let is_new = !seen.contains(arm) && plan.means.allow(arm);
        seen.push(arm.clone());
        is_new
    });
    arms
}

/// The target after the other tests of its program: in its process, as `cargo test` runs them, and
/// each in a process of its own, as nextest does. They leave no process behind, or it would be
/// theirs: so leaks are not looked for.
fn after(plan: &Plan) -> Vec<Conditions> {
    if plan.target.expected == Some(Kind::Leak) {
        return Vec::new();
    }
    let together = Conditions { after: plan.others.before.clone(), ..Conditions::default() };
    let after = plan.others.all.clone();
    let apart = Conditions { apart: !after.is_empty(), after, ..Conditions::default() };
    vec![together, apart]
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::{Plan, arms};
    use crate::limits::{Disk, Means};
    use crate::others::Others;
    use crate::target::Target;

    fn plan(target: Target) -> Plan {
        Plan { processors: 4, ..Plan::new(target, 1) }
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
    fn what_cannot_be_made_here_is_not_tried() {
        let target = || Target::command(["t", "--exact", "b"]);
        let names = |plan: &Plan| arms(plan).iter().map(ToString::to_string).collect::<Vec<_>>();
        let bare = names(&plan(target()));
        let more = ["disk", "memory", "clock", "after"];
        assert!(!bare.iter().any(|name| more.iter().any(|word| name.contains(word))), "{bare:?}");
        let means = Means {
            memory: true,
            disk: Some(Disk::FileSize),
            timers: true,
            library: Some("preload.so".into()),
        };
        let others =
            Others { before: vec!["a".to_owned()], all: vec!["a".to_owned(), "c".to_owned()] };
        let all = names(&Plan { means, others, ..plan(target()) });
        for name in ["slow disk", "coarse clock", "disk 1 MiB", "memory 256 MiB"] {
            assert!(all.iter().any(|arm| arm == name), "{name}: {all:?}");
        }
        let last = ["after a in its process", "after a and c in processes of their own"];
        assert_eq!(all[all.len() - 2..], last);
    }

    #[test]
    fn one_at_a_time_is_one_at_a_time_and_no_arm_comes_twice() {
        let target = Target { at_a_time: NonZero::new(1), ..Target::command(["true"]) };
        let arms = arms(&plan(target));
        assert!(arms.iter().all(|arm| arm.copies == 1));
        let mut names: Vec<String> = arms.iter().map(ToString::to_string).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), arms.len());
    }
}
