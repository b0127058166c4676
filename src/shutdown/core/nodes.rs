//! The tree of tokens: indices in one slab.

use std::num::NonZeroU32;

use super::slab::Slab;
use super::vocabulary::{Reason, Signals};
use crate::waiters::{Queue, Wakers};

/// A node's place.
pub(crate) type NodeId = u32;

/// The node of the shutdown itself.
pub(crate) const ROOT: NodeId = 0;

/// The root is nobody's child and nobody's neighbour.
type Relative = Option<NonZeroU32>;

struct Node<L> {
    parent: NodeId,
    first_child: Relative,
    /// Among the children of `parent`.
    previous: Relative,
    next: Relative,
    /// Tokens of this node. Not counted for the root.
    handles: usize,
    /// Why it was triggered, unless with all.
    reason: Option<Reason>,
    waiting: Queue<()>,
    /// A token of another kind that is cancelled with this node.
    link: Option<L>,
}

pub(super) struct Nodes<L> {
    slab: Slab<Node<L>>,
    /// How many nodes have a reason, by their hint.
    hinted: [usize; Signals::HINTS],
    /// Which of these are not zero.
    hints: u64,
}

impl<L> Nodes<L> {
    pub(super) fn new() -> Self {
        let mut nodes = Self { slab: Slab::new(), hinted: [0; Signals::HINTS], hints: 0 };
        let root = nodes.slab.insert(Node {
            parent: ROOT,
            first_child: None,
            previous: None,
            next: None,
            handles: 0,
            reason: None,
            waiting: Queue::new(),
            link: None,
        });
        debug_assert_eq!(root, ROOT);
        nodes
    }

    fn node(&self, id: NodeId) -> &Node<L> {
        self.slab.get(id).expect("invariant 7: a handle names a living node")
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node<L> {
        self.slab.get_mut(id).expect("invariant 7: a handle names a living node")
    }

    /// How many there are besides the root.
    pub(super) fn children(&self) -> usize {
        self.slab.len() - 1
    }

    pub(super) fn waiting(&mut self, id: NodeId) -> &mut Queue<()> {
        &mut self.node_mut(id).waiting
    }

    /// Why it was triggered on its own, or below one that was.
    pub(super) fn reason(&self, id: NodeId) -> Option<&Reason> {
        self.node(id).reason.as_ref()
    }

    /// Which hints have a node that was triggered on its own.
    pub(super) fn hints(&self) -> u64 {
        self.hints
    }

    fn hint(&mut self, id: NodeId) {
        let hint = Signals::hint_of(id);
        self.hinted[hint] += 1;
        self.hints |= 1 << hint;
    }

    fn unhint(&mut self, id: NodeId) {
        let hint = Signals::hint_of(id);
        self.hinted[hint] -= 1;
        if self.hinted[hint] == 0 {
            self.hints &= !(1 << hint);
        }
    }

    /// A new node below `parent`, with one handle.
    pub(super) fn child(&mut self, parent: NodeId) -> NodeId {
        let (next, reason) = {
            let parent = self.node(parent);
            (parent.first_child, parent.reason.clone())
        };
        let is_triggered = reason.is_some();
        let id = self.slab.insert(Node {
            parent,
            first_child: None,
            previous: None,
            next,
            handles: 1,
            reason,
            waiting: Queue::new(),
            link: None,
        });
        let child = NonZeroU32::new(id).expect("invariant 7: the root's place is taken");
        if let Some(next) = next {
            self.node_mut(next.get()).previous = Some(child);
        }
        self.node_mut(parent).first_child = Some(child);
        if is_triggered {
            self.hint(id);
        }
        id
    }

    /// One more handle of a node other than the root.
    pub(super) fn retain(&mut self, id: NodeId) {
        self.node_mut(id).handles += 1;
    }

    /// One handle less. The last one's node is gone, and its children are its
    /// parent's. Gives back its link, to be dropped after unlocking.
    pub(super) fn release(&mut self, id: NodeId) -> Option<L> {
        let node = self.node_mut(id);
        node.handles -= 1;
        if node.handles > 0 {
            return None;
        }
        let node = self.slab.remove(id).expect("it was there above");
        if node.reason.is_some() {
            self.unhint(id);
        }
        let last_child = self.adopt(node.first_child, node.parent);
        // The children, if any, take the node's place among its siblings.
        let first = node.first_child.or(node.next);
        match node.previous {
            Some(previous) => self.node_mut(previous.get()).next = first,
            None => self.node_mut(node.parent).first_child = first,
        }
        if let Some(child) = node.first_child {
            self.node_mut(child.get()).previous = node.previous;
        }
        if let Some(last) = last_child {
            self.node_mut(last.get()).next = node.next;
        }
        if let Some(next) = node.next {
            self.node_mut(next.get()).previous = last_child.or(node.previous);
        }
        node.link
    }

    /// Gives `first` and the siblings after it to `parent`; says which is the
    /// last.
    fn adopt(&mut self, first: Relative, parent: NodeId) -> Relative {
        let (mut last, mut at) = (None, first);
        while let Some(child) = at {
            let node = self.node_mut(child.get());
            node.parent = parent;
            (last, at) = (at, node.next);
        }
        last
    }

    /// Triggers a node and all below it.
    pub(super) fn trigger(
        &mut self,
        top: NodeId,
        reason: &Reason,
        wakers: &mut Wakers,
        links: &mut Vec<L>,
    ) {
        let mut at = Some(top);
        while let Some(id) = at {
            let node = self.node_mut(id);
            // Invariant 5: below a node that was triggered, all were.
            let is_new = node.reason.is_none();
            if is_new {
                node.reason = Some(reason.clone());
                node.waiting.disband(wakers);
                links.extend(node.link.take());
                self.hint(id);
            }
            at = self.after(id, top, is_new);
        }
    }

    /// The node that comes after `id` on a walk through all below `top`, which
    /// goes `down` or not. Without recursion: a chain of children may be long.
    fn after(&self, mut id: NodeId, top: NodeId, down: bool) -> Option<NodeId> {
        if let (true, Some(child)) = (down, self.node(id).first_child) {
            return Some(child.get());
        }
        while id != top {
            let node = self.node(id);
            if let Some(next) = node.next {
                return Some(next.get());
            }
            id = node.parent;
        }
        None
    }

    /// Tells everybody who waits at any node.
    pub(super) fn trigger_all(&mut self, wakers: &mut Wakers, links: &mut Vec<L>) {
        for node in self.slab.iter_mut() {
            node.waiting.disband(wakers);
            links.extend(node.link.take());
        }
    }

    /// The link of a node. Made, if it has none, as a child of its parent's, which
    /// is made before it: so a node with a link is below such nodes only.
    #[allow(dead_code, reason = "a feature makes links")]
    pub(super) fn link(
        &mut self,
        id: NodeId,
        root: impl FnOnce() -> L,
        child: impl Fn(&L) -> L,
    ) -> &L {
        let (mut missing, mut at) = (Vec::new(), id);
        while at != ROOT && self.node(at).link.is_none() {
            missing.push(at);
            at = self.node(at).parent;
        }
        self.node_mut(at).link.get_or_insert_with(root);
        for below in missing.into_iter().rev() {
            let parent = self.node(below).parent;
            let made = self.node(parent).link.as_ref().map(&child);
            self.node_mut(below).link = made;
        }
        self.node(id).link.as_ref().expect("made above")
    }
}
