//! The loop. It does what the machine says and decides nothing: read this file first.

use super::{Ending, Input, Phase, Step, Turn, call_model, hooks};
use crate::engine::cancel::Cancelled;
use crate::engine::hook::Stops;
use crate::engine::session::run::TurnRun;
use crate::engine::session::watch;
use crate::engine::tool::batch;

/// Runs one turn whose user message is in the history already; returns why it ended.
pub async fn drive(turn: &mut Turn, run: &mut TurnRun<'_>) -> Ending {
    let mut input = Input::Started;
    loop {
        let after_tools = matches!(input, Input::ToolsDone(_));
        input = match turn.next(input) {
            Step::CallModel => {
                let stopped = watch::look(Stops::Turn, run.session, &run.cancel).await;
                let joined = if after_tools && !stopped { run.join().await } else { Ok(stopped) };
                match joined {
                    Ok(false) => ask_model(run).await,
                    Ok(true) => Input::Stopped,
                    Err(Cancelled) => Input::Cancelled(Phase::Streaming),
                }
            }
            Step::RunTools(calls) => {
                let stopped = watch::look(Stops::Turn, run.session, &run.cancel).await;
                match batch::run(calls, stopped, run).await {
                    Ok(report) => Input::ToolsDone(report),
                    Err(batch::Stopped::Cancelled) => Input::Cancelled(Phase::Tools),
                }
            }
            Step::AskToStop { text, blocks } => match hooks::may_stop(run, &text, blocks).await {
                Ok(answer) => Input::MayStop(answer),
                Err(Cancelled) => Input::Cancelled(Phase::Streaming),
            },
            Step::Finish(ending) => return ending,
        };
    }
}

async fn ask_model(run: &mut TurnRun<'_>) -> Input {
    match call_model::call(run).await {
        Ok(said) => Input::ModelSaid(said),
        Err(call_model::Stopped::Failed(failure)) => Input::ModelFailed(failure),
        Err(call_model::Stopped::Cancelled) => Input::Cancelled(Phase::Streaming),
    }
}
