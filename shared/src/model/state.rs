//! The life of a move: the one function that decides every transition.

use super::Ts;
use super::words::words;

words! {
    /// Where a move stands.
    pub enum MoveState {
        /// Waits for somebody to decide.
        Pending = "pending",
        /// Somebody took it.
        Accepted = "accepted",
        /// Its action is waiting to run or running.
        Executing = "executing",
        /// Finished.
        Done = "done",
        /// Its action went wrong; it may be executed again.
        Failed = "failed",
        /// A guardrail stopped its action, or a person must settle what happened.
        Blocked = "blocked",
        /// Put off until a time.
        Snoozed = "snoozed",
        /// Put away.
        Dismissed = "dismissed",
        /// Nobody decided in time.
        Expired = "expired",
        /// Its effect was taken back.
        RolledBack = "rolled_back",
    }

    /// The name of a transition, as it stands in the history.
    pub enum Act {
        /// Somebody takes the move.
        Accept = "accept",
        /// Somebody puts it away.
        Dismiss = "dismiss",
        /// Somebody puts it off.
        Snooze = "snooze",
        /// The snooze ends.
        Wake = "wake",
        /// A dismissed move comes back.
        Restore = "restore",
        /// A move without an executable action is finished by hand.
        Complete = "complete",
        /// Its time ran out.
        Expire = "expire",
        /// Its execution starts.
        Execute = "execute",
        /// Its execution succeeded.
        Succeed = "succeed",
        /// Its execution failed.
        Fail = "fail",
        /// A guardrail blocked its execution, or a person is needed.
        Block = "block",
        /// Its effect was taken back.
        Rollback = "rollback",
        /// The last transition is reverted by who made it.
        Undo = "undo",
    }
}

impl MoveState {
    /// Whether somebody may still decide about the move: the states that keep a place in a queue.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Accepted | Self::Executing | Self::Failed | Self::Blocked | Self::Snoozed)
    }
}

/// What a permitted transition does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The move goes to this state, with a row in its history.
    To(MoveState),
    /// The move is there already: the same request twice changes the world once.
    Already,
}

/// A transition that the current state does not allow (HTTP 409).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a move that is {from} cannot be changed by {act}")]
pub struct Impossible {
    /// The current state.
    pub from: MoveState,
    /// What was asked.
    pub act: Act,
}

/// Decides what `act` does to a move in state `from`.
///
/// `undo` is decided by [`undo`], because it depends on the transition before it.
///
/// # Errors
/// [`Impossible`] when the state does not allow it.
pub const fn transition(from: MoveState, act: Act) -> Result<Step, Impossible> {
    use MoveState::{Accepted, Blocked, Dismissed, Done, Executing, Expired, Failed, Pending, RolledBack, Snoozed};
    let to = match act {
        Act::Accept => Accepted,
        Act::Dismiss => Dismissed,
        Act::Snooze => Snoozed,
        Act::Wake | Act::Restore => Pending,
        Act::Complete | Act::Succeed => Done,
        Act::Expire => Expired,
        Act::Execute => Executing,
        Act::Fail => Failed,
        Act::Block => Blocked,
        Act::Rollback => RolledBack,
        Act::Undo => return Err(Impossible { from, act }),
    };
    if from as u8 == to as u8 {
        return Ok(Step::Already);
    }
    let allowed = match act {
        Act::Accept => matches!(from, Pending | Blocked),
        Act::Dismiss | Act::Snooze | Act::Complete => matches!(from, Pending | Accepted),
        Act::Wake => matches!(from, Snoozed),
        Act::Restore => matches!(from, Dismissed),
        Act::Expire => matches!(from, Pending),
        Act::Execute => matches!(from, Pending | Accepted | Failed),
        Act::Succeed | Act::Fail | Act::Block => matches!(from, Executing),
        Act::Rollback => matches!(from, Done),
        Act::Undo => false,
    };
    if allowed { Ok(Step::To(to)) } else { Err(Impossible { from, act }) }
}

/// The last transition in a move's history, as far as `undo` needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// What was done.
    pub act: Act,
    /// The state before it.
    pub from: MoveState,
    /// The state after it.
    pub to: MoveState,
    /// Whether the caller did it.
    pub by_caller: bool,
    /// When an execution it started leaves the undo window; `None` for the other transitions.
    pub window_ends: Option<Ts>,
}

/// Decides where `undo` takes a move: back over the caller's own last transition, if nothing followed it.
///
/// # Errors
/// [`Impossible`] when somebody else acted last, when the last transition cannot be reverted, or when its undo window is over.
pub fn undo(current: MoveState, last: Option<Last>, now: Ts) -> Result<MoveState, Impossible> {
    let refused = Impossible { from: current, act: Act::Undo };
    let last = last.filter(|last| last.by_caller && last.to == current).ok_or(refused)?;
    match last.act {
        Act::Accept | Act::Dismiss | Act::Snooze | Act::Complete => Ok(last.from),
        Act::Execute if last.window_ends.is_some_and(|ends| now < ends) => Ok(last.from),
        Act::Execute
        | Act::Wake
        | Act::Restore
        | Act::Expire
        | Act::Succeed
        | Act::Fail
        | Act::Block
        | Act::Rollback
        | Act::Undo => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arrows of the design, drawn once more as a list: what is not here is impossible.
    const ARROWS: &[(MoveState, Act, MoveState)] = &[
        (MoveState::Pending, Act::Accept, MoveState::Accepted),
        (MoveState::Pending, Act::Dismiss, MoveState::Dismissed),
        (MoveState::Pending, Act::Snooze, MoveState::Snoozed),
        (MoveState::Pending, Act::Expire, MoveState::Expired),
        (MoveState::Pending, Act::Execute, MoveState::Executing),
        (MoveState::Pending, Act::Complete, MoveState::Done),
        (MoveState::Snoozed, Act::Wake, MoveState::Pending),
        (MoveState::Dismissed, Act::Restore, MoveState::Pending),
        (MoveState::Accepted, Act::Execute, MoveState::Executing),
        (MoveState::Accepted, Act::Complete, MoveState::Done),
        (MoveState::Accepted, Act::Dismiss, MoveState::Dismissed),
        (MoveState::Accepted, Act::Snooze, MoveState::Snoozed),
        (MoveState::Executing, Act::Succeed, MoveState::Done),
        (MoveState::Executing, Act::Fail, MoveState::Failed),
        (MoveState::Executing, Act::Block, MoveState::Blocked),
        (MoveState::Failed, Act::Execute, MoveState::Executing),
        (MoveState::Blocked, Act::Accept, MoveState::Accepted),
        (MoveState::Done, Act::Rollback, MoveState::RolledBack),
    ];

    #[test]
    fn only_the_drawn_arrows_exist_and_a_repeat_changes_nothing() {
        for &from in MoveState::ALL {
            for &act in Act::ALL {
                let drawn = ARROWS.iter().find(|(f, a, _)| (*f, *a) == (from, act)).map(|(_, _, to)| *to);
                match (drawn, transition(from, act)) {
                    (Some(to), answer) => assert_eq!(answer, Ok(Step::To(to)), "{from} --{act}-->"),
                    (None, Ok(Step::Already)) => {
                        assert!(
                            ARROWS.iter().any(|(_, a, to)| (*a, *to) == (act, from)),
                            "{from} --{act}--> is no repeat"
                        );
                    }
                    (None, answer) => assert_eq!(answer, Err(Impossible { from, act })),
                }
            }
        }
    }

    fn last(act: Act, from: MoveState, to: MoveState) -> Last {
        Last { act, from, to, by_caller: true, window_ends: None }
    }

    #[test]
    fn undo_takes_back_ones_own_last_act_only() {
        let now = Ts::from_millis(1_000);
        let snooze = last(Act::Snooze, MoveState::Accepted, MoveState::Snoozed);
        assert_eq!(undo(MoveState::Snoozed, Some(snooze), now), Ok(MoveState::Accepted));
        let another = Last { by_caller: false, ..snooze };
        assert!(undo(MoveState::Snoozed, Some(another), now).is_err());
        assert!(undo(MoveState::Pending, Some(snooze), now).is_err(), "something followed");
        assert!(undo(MoveState::Pending, None, now).is_err());
        let undone = last(Act::Undo, MoveState::Snoozed, MoveState::Accepted);
        assert!(undo(MoveState::Accepted, Some(undone), now).is_err(), "an undo is not undone");
    }

    #[test]
    fn an_execution_can_be_undone_inside_its_window_only() {
        let ends = Ts::from_millis(10_000);
        let execute = Last { window_ends: Some(ends), ..last(Act::Execute, MoveState::Pending, MoveState::Executing) };
        assert_eq!(undo(MoveState::Executing, Some(execute), ends - 1), Ok(MoveState::Pending));
        assert!(undo(MoveState::Executing, Some(execute), ends).is_err());
    }
}
