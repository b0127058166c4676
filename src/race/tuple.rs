//! Sealed: the futures of a tuple.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::each::poll_lane;
use super::field::{Few, Lanes};
use super::set::{Futures, Tuple};

/// `future type, field, place` of each lane.
macro_rules! tuple {
    ($Lanes:ident, $len:literal: $($F:ident $lane:ident $at:literal),+) => {
        pin_project! {
            /// The futures of a tuple, in place.
            pub struct $Lanes<$($F),+> {
                $(#[pin] $lane: Option<$F>,)+
            }
        }

        impl<T, $($F: Future<Output = T>),+> Futures<Tuple> for ($($F,)+) {
            type Output = T;
            type Field = Few<$Lanes<$($F),+>>;

            fn start(self) -> Self::Field {
                let ($($lane,)+) = self;
                Few::new($Lanes { $($lane: Some($lane)),+ })
            }
        }

        impl<T, $($F: Future<Output = T>),+> Lanes for $Lanes<$($F),+> {
            type Output = T;

            fn len(&self) -> usize {
                $len
            }

            fn poll_at(
                self: Pin<&mut Self>,
                at: usize,
                cx: &mut Context<'_>,
            ) -> Option<Poll<T>> {
                let this = self.project();
                match at {
                    $($at => poll_lane(this.$lane, cx),)+
                    _ => None,
                }
            }
        }
    };
}

tuple!(One, 1: A a 0);
tuple!(Two, 2: A a 0, B b 1);
tuple!(Three, 3: A a 0, B b 1, C c 2);
tuple!(Four, 4: A a 0, B b 1, C c 2, D d 3);
tuple!(Five, 5: A a 0, B b 1, C c 2, D d 3, E e 4);
tuple!(Six, 6: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5);
tuple!(Seven, 7: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6);
tuple!(Eight, 8: A a 0, B b 1, C c 2, D d 3, E e 4, F f 5, G g 6, H h 7);
