//! SIGKILL before every call of a reindex that changes anything.
//!
//! `CURRENT` names a complete generation, the old or the new one; its answers are those of a
//! clean build; the next reindex succeeds and removes what is left.

use crate::process::Run;
use crate::report;
use crate::trace::{Call, Trial, WRITING};

fn kill(trial: &mut Trial, call: &Call) -> Run {
    trial.inject(&call.name, &format!("signal=SIGKILL:when={}", call.number))
}

/// strace dies by the same signal, or says 128 + 9. Where it ends well, the heal before it has
/// left less to do: there is no such call.
fn is_killed(run: &Run) -> bool {
    match (run.code, run.signal) {
        (None, Some(9)) | (Some(137), None) => true,
        (Some(0), None) => false,
        _ => panic!("{run:#?}"),
    }
}

#[test]
fn a_kill_before_any_call_leaves_a_whole_generation() {
    let mut trial = Trial::new();
    let calls = trial.calls(&WRITING);
    let (mut killed, mut new) = (0, 0);
    for call in &calls {
        killed += usize::from(is_killed(&kill(&mut trial, call)));
        new += usize::from(trial.survive(&call.line));
    }
    assert!(killed * 10 >= calls.len() * 9, "{killed} of {}", calls.len());
    let old = calls.len() - new;
    assert!(old > 0 && new > 0, "kills on both sides of the publication");
    let result =
        format!("{old} times the old generation, {new} times the new one; all answers as of a clean build");
    report("F-01, F-23", "SIGKILL before every call of reindex that writes", killed, &result);
}

#[test]
fn a_kill_while_the_sample_help_center_is_published_costs_no_answer() {
    let mut trial = Trial::help_center();
    let calls = trial.calls(&WRITING);
    let last = calls.len().saturating_sub(12);
    let decisive =
        calls.iter().enumerate().filter(|(place, call)| *place >= last || call.line.contains("CURRENT"));
    let decisive: Vec<&Call> = decisive.map(|(_, call)| call).collect();
    let mut killed = 0;
    for call in &decisive {
        killed += usize::from(is_killed(&kill(&mut trial, call)));
        trial.survive(&call.line);
    }
    assert!(killed > 8, "{killed}");
    let result =
        format!("{} golden queries have the hits, totals and facets of a clean build", trial.questions());
    report("F-01, F-23", "SIGKILL around the publication of the sample help center", killed, &result);
}
