use std::error::Error;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

/// How a pool makes, checks and closes its connections.
///
/// Only [`connect`](Self::connect) is required. A panic in any of these is
/// caught: it costs that connection, and the caller that waited for it gets
/// [`AcquireError::Panicked`](super::AcquireError::Panicked).
pub trait Manage: Send + Sync + 'static {
    /// What is pooled.
    type Conn: Send + 'static;
    /// Why a connection could not be made, or is not healthy.
    type Error: Error + Send + Sync + 'static;

    /// Makes a connection. Runs as a task of the pool's: a caller that gives up
    /// does not cancel it.
    fn connect(&self) -> impl Future<Output = Result<Self::Conn, Self::Error>> + Send;

    /// Checks a connection that was idle, before it is handed out. An error, a
    /// time-out and a cancellation half-way all cost the connection.
    fn check(&self, conn: &mut Self::Conn) -> impl Future<Output = Result<(), Self::Error>> + Send {
        let _ = conn;
        async { Ok(()) }
    }

    /// Whether it is known, without asking anybody, that the connection is of no
    /// more use. Called on return and before a checkout; must be quick.
    fn is_broken(&self, conn: &Self::Conn) -> bool {
        let _ = conn;
        false
    }

    /// Ends a connection in good manner. Runs as a task of the pool's; its slot
    /// is free when this has ended.
    fn close(&self, conn: Self::Conn) -> impl Future<Output = ()> + Send {
        async { drop(conn) }
    }
}

/// A [`Manage`] from a closure that connects.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use surefoot::pool::{Pool, manage_fn};
///
/// let manager = manage_fn(|| async { Ok::<_, std::io::Error>(String::from("a connection")) });
/// let pool = Pool::builder(manager).build().unwrap();
/// assert_eq!(*pool.acquire().await.unwrap(), "a connection");
/// # }
/// ```
pub fn manage_fn<F, Fut, C, E>(connect: F) -> ManageFn<F, C>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<C, E>> + Send,
    C: Send + 'static,
    E: Error + Send + Sync + 'static,
{
    ManageFn { connect, conn: PhantomData }
}

/// The [`Manage`] of [`manage_fn`].
pub struct ManageFn<F, C> {
    connect: F,
    conn: PhantomData<fn() -> C>,
}

impl<F, Fut, C, E> Manage for ManageFn<F, C>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<C, E>> + Send,
    C: Send + 'static,
    E: Error + Send + Sync + 'static,
{
    type Conn = C;
    type Error = E;

    fn connect(&self) -> impl Future<Output = Result<C, E>> + Send {
        (self.connect)()
    }
}

impl<F, C> fmt::Debug for ManageFn<F, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManageFn").finish_non_exhaustive()
    }
}
