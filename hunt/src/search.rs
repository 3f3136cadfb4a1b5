//! The search for a first hit: all conditions once in order, then the most promising ones.

use std::time::{Duration, Instant};

use crate::arm::{Arm, Measure, worth};
use crate::bandit::Bandit;
use crate::course::{Batch, Course, Enough, Halt};
use crate::order;
use crate::runner::Observation;
use crate::seed;

/// The number of runs of the undisturbed target that come first: enough for a median tail.
const FIRST: usize = 12;

/// The largest share of the time for these runs.
const OWN: f64 = 0.15;

/// The number of runs of a block, unless there are more copies: short, so that all conditions see
/// the same changes of the machine.
const BLOCK: usize = 8;

/// How often the undisturbed target has its turn, whatever the bandit chooses: the others are
/// compared with it.
const CONTROL: usize = 4;

/// A run that was a hit.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// The position of its arm.
    pub(crate) arm: usize,
    pub(crate) index: u64,
    pub(crate) seed: u64,
    pub(crate) seen: Observation,
    /// The number of runs, and the time, until it was found.
    pub(crate) runs: usize,
    pub(crate) took: Duration,
}

/// The result of a search.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) arms: Vec<Arm>,
    pub(crate) hit: Option<Hit>,
    /// Why it stopped; `None` if there is a hit, or if every arm is settled.
    pub(crate) halt: Option<Halt>,
}

/// The criteria for the runs of this hunt.
pub(crate) fn measure(course: &Course<'_>) -> Measure {
    Measure { expected: course.plan.target.expected, leak_timeout: course.plan.leak_timeout }
}

/// Searches until there is a hit, every arm is settled, or a limit is reached.
pub(crate) fn search(course: &mut Course<'_>) -> Search {
    let certainty = course.plan.certainty;
    let arms: Vec<Arm> =
        order::arms(course.plan).into_iter().map(|arm| Arm::new(arm, certainty)).collect();
    let bandit = Bandit::new(arms.len(), seed::choices(course.plan.seed));
    let slice = course.plan.time.div_f64(3.0 * arms.len() as f64);
    let mut climb = Climb { arms, bandit, slice };
    let (hit, halt) = match climb.go(course) {
        Ok(hit) => (hit, None),
        Err(halt) => (None, Some(halt)),
    };
    Search { arms: climb.arms, hit, halt }
}

struct Climb {
    arms: Vec<Arm>,
    bandit: Bandit,
    slice: Duration,
}

impl Climb {
    fn go(&mut self, course: &mut Course<'_>) -> Result<Option<Hit>, Halt> {
        course.doing("searching");
        for arm in 0..self.arms.len() {
            let hit = match arm {
                0 => self.block(course, arm, FIRST, course.plan.time.mul_f64(OWN))?,
                _ => self.block(course, arm, BLOCK, self.slice)?,
            };
            if hit.is_some() {
                return Ok(hit);
            }
        }
        for round in 1.. {
            let arms = &self.arms;
            let open = |arm: usize| !arms[arm].is_settled();
            let control = (round % CONTROL == 0 && open(0)).then_some(0);
            let Some(arm) = control.or_else(|| self.bandit.choose(open)) else { break };
            let hit = self.block(course, arm, BLOCK, self.slice)?;
            if hit.is_some() {
                return Ok(hit);
            }
        }
        Ok(None)
    }

    /// Does one block; a hit takes precedence over a halt.
    fn block(
        &mut self,
        course: &mut Course<'_>,
        number: usize,
        runs: usize,
        slice: Duration,
    ) -> Result<Option<Hit>, Halt> {
        let measure = measure(course);
        let arm = &mut self.arms[number];
        let conditions = arm.conditions.clone();
        let seeds = arm.seeds(course.plan.seed, runs.next_multiple_of(conditions.copies));
        let (at, before, began) = (course.elapsed(), course.done(), Instant::now());
        let (seen, halt) = course.batch(Batch {
            conditions: &conditions,
            seeds: &seeds,
            slice,
            enough: Enough { hits: 1, ..Enough::ALL },
        });
        arm.note(at.as_secs_f64() * 1e3, &seen, measure);
        // Copies share the time, and the load of the conditions costs some too.
        let seconds = began.elapsed().as_secs_f64() / seen.len().max(1) as f64;
        for (_, observation) in &seen {
            self.bandit.note(number, worth(observation, measure), seconds);
        }
        let position = seen.iter().position(|(_, seen)| seen.is_hit(measure.expected));
        let hit = position.and_then(|position| {
            let (index, observation) = seen.into_iter().nth(position)?;
            Some(Hit {
                arm: number,
                index,
                seed: seed::of_run(course.plan.seed, &self.arms[number].name, index),
                seen: observation,
                runs: before + position + 1,
                took: course.elapsed(),
            })
        });
        match (hit, halt) {
            (None, Some(halt)) => Err(halt),
            (hit, _) => Ok(hit),
        }
    }
}
