use std::collections::VecDeque;
use std::task::Waker;

use super::idle::Dated;
use super::machine::Core;
use super::vocabulary::{Awaited, Event, Grant, Reason};
use crate::waiters::{Queue, Taken, Ticket, Wakers};

/// The end, and waiting for what concerns the pool as a whole.
impl<C: Dated, E> Core<C, E> {
    /// Ends the pool: who waits learns of it at once, connects under way are told
    /// to stop, and what is idle is to be closed. Again, it does nothing.
    pub(crate) fn close(&mut self) -> (VecDeque<C>, Wakers) {
        let mut wakers = Wakers::new();
        self.closed = true;
        while let Ok(waker) = self.waiting.grant(Grant::Closed) {
            wakers.push(waker);
        }
        while let Ok(waker) = self.connectors.grant(()) {
            wakers.push(waker);
        }
        wakers.push(self.wake_upkeep());
        self.tell_warmers(&mut wakers);
        let idle = self.idle.take_all();
        self.in_use += idle.len();
        idle.iter().for_each(|_| self.begin_close(Reason::Closed));
        self.note_end(&mut wakers);
        (idle, wakers)
    }

    /// Whether a pool that was closed has nothing left.
    fn has_ended(&self) -> bool {
        self.closed && self.census().size() == 0
    }

    pub(super) fn note_end(&mut self, wakers: &mut Wakers) {
        if self.has_ended() {
            while let Ok(waker) = self.closers.grant(()) {
                wakers.push(waker);
            }
        }
    }

    /// Lets those that warm the pool up look again.
    pub(super) fn tell_warmers(&mut self, wakers: &mut Wakers) {
        while let Ok(waker) = self.warmers.grant(()) {
            wakers.push(waker);
        }
    }

    fn watchers(&mut self, event: Event) -> &mut Queue<()> {
        match event {
            Event::Closed => &mut self.connectors,
            Event::Ended => &mut self.closers,
            Event::SlotChanged => &mut self.warmers,
        }
    }

    /// Waits for an event.
    pub(crate) fn watch(&mut self, event: Event, ticket: Option<Ticket>, waker: Waker) -> Awaited {
        let happened = match event {
            Event::Closed => self.closed,
            Event::Ended => self.has_ended(),
            // While nothing can begin and nothing is under way, a slot that is
            // being closed in is what to wait for.
            Event::SlotChanged => {
                let is_blocked = self.closing > 0 && self.startable() == 0;
                self.closed || (self.connecting == 0 && !is_blocked)
            }
        };
        let queue = self.watchers(event);
        match ticket {
            Some(ticket) => match queue.take(ticket, waker) {
                Taken::Granted { grant: (), spare } => Awaited::Happened { spare },
                Taken::Parked { ticket, replaced } => Awaited::Parked { ticket, replaced },
            },
            None if happened => Awaited::Happened { spare: waker },
            None => {
                let arrival = queue.arrive();
                Awaited::Parked { ticket: queue.push(arrival, waker), replaced: None }
            }
        }
    }

    /// Waits no longer. Gives back a waker to be dropped after unlocking.
    pub(crate) fn unwatch(&mut self, event: Event, ticket: Ticket) -> Option<Waker> {
        self.watchers(event).withdraw(ticket).1
    }
}
