use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::panic::Location;

use super::core::{Ending, Kind, PieceKey};
use super::error::Refused;
use super::report::Failure;
use super::shared::{Tree, settle};
use super::token::Token;
use super::wait::{Wait, What};
use crate::cleanup::Reaper;
use crate::deadline::Deadline;
use crate::error::{Panicked, catch_future};
use crate::spawn::{AbortHandle, Id, Spawner, Task};

/// Something that a drain waits for. It ends when it is dropped.
pub(super) struct Piece {
    tree: Tree,
    key: PieceKey,
    ending: Ending<Failure>,
}

impl Piece {
    /// Fails once the shutdown was triggered, unless it is a shield.
    pub(super) fn register(tree: &Tree, kind: Kind) -> Result<Self, Kind> {
        let key = tree.core.with(|core| core.register(kind))?;
        Ok(Self { tree: tree.clone(), key, ending: Ending::Dropped })
    }

    pub(super) fn end(mut self, ending: Ending<Failure>) {
        self.ending = ending;
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let ending = std::mem::replace(&mut self.ending, Ending::Dropped);
        // No signal is about a piece.
        if let Some(effects) = self.tree.core.with(|core| core.end(self.key, ending)) {
            settle(effects);
        }
    }
}

#[track_caller]
pub(super) fn spawn<F, Fut, E>(
    tree: &Tree,
    name: Cow<'static, str>,
    work: F,
) -> Result<Handle, Refused<F>>
where
    F: FnOnce(Token) -> Fut + Send + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    let Ok(piece) = Piece::register(tree, Kind::Task(name.clone())) else {
        return Err(Refused::new(work));
    };
    let (key, token, spawned_at) = (piece.key, Token::root(tree.clone()), Location::caller());
    let spawner = Spawner::new().name(name).deadline(Deadline::never());
    let task = spawner.spawn(async move {
        // The closure and the conversion are the caller's code, too.
        let outcome = catch_future(async move { work(token).await.map_err(Into::into) }).await;
        piece.end(match outcome {
            Ok(Ok(())) => Ending::Well,
            Ok(Err(error)) => Ending::Failed(Failure::error(error)),
            Err(caught) => Ending::Failed(Failure::Panicked(Panicked::new(caught, spawned_at))),
        });
    });
    let handle = Handle(task.abort_handle());
    // The shutdown's from here on.
    Task::detach(task);
    let late = tree.core.with(|core| core.attach(key, handle.0.clone()));
    late.iter().for_each(AbortHandle::abort);
    Ok(handle)
}

/// Lets a drain wait for a reaper, once nothing else is left that could give it
/// work.
#[track_caller]
pub(super) fn wait_for(
    tree: &Tree,
    name: Cow<'static, str>,
    reaper: Reaper,
) -> Result<(), Refused<()>> {
    let last = Piece::register(tree, Kind::Last(name.clone())).map_err(|_| Refused::new(()))?;
    let mut rest = Wait::new(Token::root(tree.clone()), What::Rest);
    // No switch: when tasks are aborted, its work begins.
    let spawner = Spawner::new().name(name).deadline(Deadline::never());
    let waiting = spawner.spawn(async move {
        std::future::poll_fn(|cx| rest.poll(cx)).await;
        reaper.wait().await;
        last.end(Ending::Well);
    });
    waiting.detach();
    Ok(())
}

/// A task of a shutdown's. Dropping this lets the task run on, owned by the
/// [`Shutdown`](super::Shutdown).
pub struct Handle(AbortHandle);

impl Handle {
    /// Asks the task to end at its next await. The report has it among those that
    /// were aborted.
    pub fn abort(&self) {
        self.0.abort();
    }

    /// Whether the task has ended, by itself or by an abort.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// The task's identity, unique among the tasks that run now.
    #[must_use]
    pub fn id(&self) -> Id {
        self.0.id()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle")
            .field("id", &self.id())
            .field("is_finished", &self.is_finished())
            .finish()
    }
}

/// Work that runs elsewhere: a drain waits until this is dropped.
#[must_use = "dropping it says that the work has ended"]
pub struct Tracked(#[expect(dead_code, reason = "its end is what counts")] Piece);

impl Tracked {
    pub(super) fn register(tree: &Tree, name: Cow<'static, str>) -> Result<Self, Refused<()>> {
        let mut piece = Piece::register(tree, Kind::Guard(name)).map_err(|_| Refused::new(()))?;
        piece.ending = Ending::Well;
        Ok(Self(piece))
    }
}

impl fmt::Debug for Tracked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").finish_non_exhaustive()
    }
}
