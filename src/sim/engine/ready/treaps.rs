/// Sets of tasks, each sorted by rank, then by task, with access by place.
///
/// Treaps: Seidel, Aragon, "Randomized search trees", Algorithmica 1996. All
/// operations take expected logarithmic time; `union` does for each run of one
/// set that falls between two neighbours of the other. Their cost is that of the
/// nodes that they look at, hence none looks at a node off its path.
///
/// # Invariants
///
/// 1. A task is in one tree at most.
/// 2. In a tree, what is left of a task sorts before it, what is right of it
///    after it, and both have lower priority than it.
#[derive(Debug, Default)]
pub(super) struct Treaps {
    /// By task.
    nodes: Vec<Node>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Tree {
    root: u32,
    pub(super) len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    rank: u64,
    /// Left and right.
    below: [u32; 2],
    /// How many there are to the left, in the tree below.
    before: u32,
}

/// The root of an empty tree: greater than any task.
const NONE: u32 = u32::MAX;

const LEFT: usize = 0;
const RIGHT: usize = 1;

impl Tree {
    pub(super) const EMPTY: Self = Self { root: NONE, len: 0 };
}

impl Treaps {
    /// The task at this place, from 0.
    pub(super) fn nth(&self, tree: Tree, place: usize) -> Option<u32> {
        let (mut at, mut place) = (tree.root, place as u32);
        loop {
            let node = self.nodes.get(at as usize)?;
            if place == node.before {
                return Some(at);
            }
            // Without a branch: which side it is cannot be foretold.
            let side = usize::from(place > node.before);
            place -= (node.before + 1) * side as u32;
            at = node.below[side];
        }
    }

    /// The place of a task that is in some tree, if it is in this one.
    pub(super) fn place(&self, tree: Tree, task: u32) -> Option<usize> {
        let rank = self.node(task).rank;
        let (mut at, mut place) = (tree.root, 0);
        while at != NONE {
            let node = self.node(at);
            if at == task {
                return Some((place + node.before) as usize);
            }
            let side = usize::from(node.rank < rank || (node.rank == rank && at < task));
            place += (node.before + 1) * side as u32;
            at = node.below[side];
        }
        None
    }

    /// Adds a task that is in no tree.
    pub(super) fn insert(&mut self, tree: &mut Tree, task: u32, rank: u64) {
        let node = Node { rank, below: [NONE; 2], before: 0 };
        let index = task as usize;
        if self.nodes.len() <= index {
            self.nodes.resize(index + 1, node);
        }
        self.nodes[index] = node;
        tree.len += 1;

        let (mut at, mut above) = (tree.root, None);
        while at != NONE && priority(at) > priority(task) {
            let side = if self.is_before(task, at) { LEFT } else { RIGHT };
            self.nodes[at as usize].before += u32::from(side == LEFT);
            above = Some((at, side));
            at = self.node(at).below[side];
        }
        let (before, left, right) = self.split_around(at, task);
        self.nodes[index] = Node { rank, below: [left, right], before: before as u32 };
        self.hang(task, above, &mut tree.root);
    }

    /// Takes out the task at this place.
    pub(super) fn remove(&mut self, tree: &mut Tree, mut place: usize) {
        tree.len -= 1;
        let (mut at, mut above) = (tree.root, None);
        loop {
            let Node { below: [left, right], before, .. } = *self.node(at);
            let before = before as usize;
            if place == before {
                let rest = self.join(Tree { root: left, len: before }, right);
                return self.hang(rest, above, &mut tree.root);
            }
            if place < before {
                self.nodes[at as usize].before -= 1;
                above = Some((at, LEFT));
                at = left;
            } else {
                above = Some((at, RIGHT));
                (at, place) = (right, place - before - 1);
            }
        }
    }

    /// Takes out those before this place.
    pub(super) fn split(&mut self, tree: &mut Tree, place: usize) -> Tree {
        let (left, right) = self.split_at(tree.root, place);
        *tree = Tree { root: right, len: tree.len - place };
        Tree { root: left, len: place }
    }

    fn split_at(&mut self, mut at: u32, mut place: usize) -> (u32, u32) {
        let mut halves = [NONE; 2];
        // Where in each half the rest of it hangs.
        let mut above = [None; 2];
        while at != NONE {
            let Node { below: [left, right], before, .. } = *self.node(at);
            // It goes to one half, with its branch on that side; of its other
            // branch, some goes to the other half.
            let half = if (before as usize) < place { LEFT } else { RIGHT };
            self.hang(at, above[half], &mut halves[half]);
            above[half] = Some((at, 1 - half));
            if half == LEFT {
                (at, place) = (right, place - before as usize - 1);
            } else {
                self.nodes[at as usize].before -= place as u32;
                at = left;
            }
        }
        self.hang(NONE, above[LEFT], &mut halves[LEFT]);
        self.hang(NONE, above[RIGHT], &mut halves[RIGHT]);
        (halves[LEFT], halves[RIGHT])
    }

    /// Those that sort before a task that is not among them: how many there are,
    /// they, and the others.
    fn split_around(&mut self, root: u32, task: u32) -> (usize, u32, u32) {
        let (mut at, mut place) = (root, 0);
        while at != NONE {
            let Node { below: [left, right], before, .. } = *self.node(at);
            if self.is_before(at, task) {
                place += before as usize + 1;
                at = right;
            } else {
                at = left;
            }
        }
        let (left, right) = self.split_at(root, place);
        (place, left, right)
    }

    /// All of both trees.
    pub(super) fn union(&mut self, a: Tree, b: Tree) -> Tree {
        let len = a.len + b.len;
        if a.len == 0 || b.len == 0 || self.is_before(self.end(a, RIGHT), self.end(b, LEFT)) {
            return Tree { root: self.join(a, b.root), len };
        }
        let a_is_above = priority(a.root) > priority(b.root);
        let (top, other) = if a_is_above { (a, b) } else { (b, a) };
        let (place, left, right) = self.split_around(other.root, top.root);
        let Node { rank, below, before } = *self.node(top.root);
        let before = before as usize;
        let left =
            self.union(Tree { root: below[LEFT], len: before }, Tree { root: left, len: place });
        let right = self.union(
            Tree { root: below[RIGHT], len: top.len - before - 1 },
            Tree { root: right, len: other.len - place },
        );
        let below = [left.root, right.root];
        self.nodes[top.root as usize] = Node { rank, below, before: left.len as u32 };
        Tree { root: top.root, len }
    }

    /// All of both trees. What is in `a` sorts before what is in `b`.
    fn join(&mut self, a: Tree, mut b: u32) -> u32 {
        let Tree { root: mut a, mut len } = a;
        let (mut root, mut above) = (NONE, None);
        while a != NONE && b != NONE {
            if priority(a) > priority(b) {
                let Node { below, before, .. } = *self.node(a);
                self.hang(a, above, &mut root);
                above = Some((a, RIGHT));
                len -= before as usize + 1;
                a = below[RIGHT];
            } else {
                self.nodes[b as usize].before += len as u32;
                self.hang(b, above, &mut root);
                above = Some((b, LEFT));
                b = self.node(b).below[LEFT];
            }
        }
        self.hang(a.min(b), above, &mut root);
        root
    }

    /// The first or the last task.
    fn end(&self, tree: Tree, side: usize) -> u32 {
        let mut at = tree.root;
        while self.node(at).below[side] != NONE {
            at = self.node(at).below[side];
        }
        at
    }

    /// Puts a tree below a task, or makes it the whole of one.
    fn hang(&mut self, tree: u32, above: Option<(u32, usize)>, root: &mut u32) {
        match above {
            Some((above, side)) => self.nodes[above as usize].below[side] = tree,
            None => *root = tree,
        }
    }

    fn node(&self, task: u32) -> &Node {
        &self.nodes[task as usize]
    }

    fn is_before(&self, a: u32, b: u32) -> bool {
        (self.node(a).rank, a) < (self.node(b).rank, b)
    }
}

/// As good as drawn, and of no two tasks the same: each step can be undone.
fn priority(task: u32) -> u32 {
    let x = (task ^ (task >> 16)).wrapping_mul(0x7FEB_352D);
    let x = (x ^ (x >> 15)).wrapping_mul(0x846C_A68B);
    x ^ (x >> 16)
}
