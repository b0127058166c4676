//! tokio-util's tokens: those that hang from ours, and those that ours stand for.
//!
//! Without the feature, there are none, and this is where that is known.

#[cfg(not(feature = "tokio-util"))]
pub(super) use self::none::{Foreign, ForeignWait, Link};
#[cfg(feature = "tokio-util")]
pub(super) use self::real::{Foreign, ForeignWait, Link};

#[cfg(not(feature = "tokio-util"))]
mod none {
    use std::convert::Infallible;
    use std::task::{Context, Poll};

    pub(crate) struct Link(Infallible);

    #[derive(Clone)]
    pub(crate) struct Foreign(Infallible);

    pub(crate) struct ForeignWait(Infallible);

    impl Link {
        pub(crate) fn cancel(&self) {
            match self.0 {}
        }
    }

    impl Foreign {
        pub(crate) fn is_cancelled(&self) -> bool {
            match self.0 {}
        }

        pub(crate) fn cancel(&self) {
            match self.0 {}
        }

        pub(crate) fn child(&self) -> Self {
            match self.0 {}
        }

        pub(crate) fn wait(&self) -> ForeignWait {
            match self.0 {}
        }
    }

    impl ForeignWait {
        pub(crate) fn poll(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
            match self.0 {}
        }
    }
}

#[cfg(feature = "tokio-util")]
mod real {
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

    use crate::shutdown::Token;
    use crate::shutdown::token::Source;

    pub(crate) type Link = CancellationToken;

    /// A token of tokio-util's that one of ours stands for.
    #[derive(Clone)]
    pub(crate) struct Foreign(pub(crate) CancellationToken);

    impl Foreign {
        pub(crate) fn is_cancelled(&self) -> bool {
            self.0.is_cancelled()
        }

        pub(crate) fn cancel(&self) {
            self.0.cancel();
        }

        pub(crate) fn child(&self) -> Self {
            Self(self.0.child_token())
        }

        pub(crate) fn wait(&self) -> ForeignWait {
            ForeignWait(Box::pin(self.0.clone().cancelled_owned()))
        }
    }

    /// In a box: it is the one of the waits that may not move.
    pub(crate) struct ForeignWait(Pin<Box<WaitForCancellationFutureOwned>>);

    impl ForeignWait {
        pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
            self.0.as_mut().poll(cx)
        }
    }

    /// A token that is triggered when the other is cancelled, and can be triggered
    /// without it. Its reason is `cancelled`; no drain knows of its shields.
    impl From<CancellationToken> for Token {
        fn from(token: CancellationToken) -> Self {
            Self { source: Source::Foreign(Foreign(token.child_token())) }
        }
    }

    /// See [`Token::cancellation_token`].
    impl From<&Token> for CancellationToken {
        fn from(token: &Token) -> Self {
            token.cancellation_token()
        }
    }

    impl Token {
        /// A token of tokio-util's that is cancelled when this one is triggered,
        /// and can be cancelled without it.
        ///
        /// It keeps nothing of this token's alive, nor this token anything of its:
        /// who holds either holds that one alone.
        #[must_use]
        pub fn cancellation_token(&self) -> CancellationToken {
            let (tree, node) = match &self.source {
                Source::Tree { tree, node } => (tree, *node),
                Source::Foreign(token) => return token.0.child_token(),
            };
            let child = CancellationToken::child_token;
            let linked =
                tree.core.with(|core| core.link(node, CancellationToken::new, child).map(child));
            linked.unwrap_or_else(|| {
                let cancelled = CancellationToken::new();
                cancelled.cancel();
                cancelled
            })
        }
    }
}
