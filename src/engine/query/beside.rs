//! Tells hooks of background tasks that complete, beside the turns (row 560).

use crate::engine::hook::input::TaskAtHand;
use crate::engine::hook::{self, Occurrence, Stops};
use crate::engine::session::run::Session;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Until `over`: what has completed by then is still told.
pub async fn completed(session: Arc<Session>, cancel: CancellationToken, over: CancellationToken) {
    loop {
        let ending = over.is_cancelled();
        let change = session.tasks.change();
        for task in session.tasks.take_completed() {
            let (task_id, task_subject) = (task.new.id.as_str(), task.new.description.as_str());
            let task = TaskAtHand { task_id, task_subject, task_description: task.new.command.as_deref() };
            let merged =
                hook::fire_for(Stops::Nothing, &session, &Occurrence::TaskCompleted(task), &cancel).await;
            let Ok(merged) = merged else { return };
            session.hooks.keep_notes(merged.notes());
            if let Some(reason) = merged.block {
                // It has ended, so that nothing keeps it open.
                let reason = reason.unwrap_or_else(|| "it gave no reason".to_owned());
                let text = format!("A TaskCompleted hook objects to \"{task_subject}\": {reason}");
                session.hooks.keep_notes(vec![hook::reminder(&text)]);
                session.emitter.inform(text, "notice");
            }
        }
        if ending {
            return;
        }
        tokio::select! {
            () = change => {}
            () = over.cancelled() => {}
        }
    }
}
