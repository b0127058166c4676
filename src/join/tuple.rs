//! Sealed: the futures of a tuple.

use std::future::Future;
use std::pin::Pin;
use std::task::Context;

use pin_project_lite::pin_project;

use super::few::{Few, Row, Seat, Turn};
use super::kind::Rule;
use super::set::{Futures, Tuple};
use crate::error::Elapsed;

/// `future type, value type, field, place` of each seat.
macro_rules! tuple {
    ($Seats:ident, $len:literal: $($F:ident $V:ident $seat:ident $at:literal),+) => {
        pin_project! {
            /// The futures of a tuple, in place.
            pub struct $Seats<$($F, $V),+> {
                $(#[pin] $seat: Seat<$F, $V>,)+
            }
        }

        impl<K, S, $($F: Future),+> Futures<Tuple, K> for ($($F,)+)
        where
            $(K: Rule<$F::Output, Stop = S>,)+
        {
            type Set = Few<$Seats<$($F, <K as Rule<$F::Output>>::Kept),+>>;

            fn start(self) -> Self::Set {
                let ($($seat,)+) = self;
                Few::new($Seats { $($seat: Seat::new($seat)),+ })
            }
        }

        impl<K, S, $($F: Future),+> Row<K>
            for $Seats<$($F, <K as Rule<$F::Output>>::Kept),+>
        where
            $(K: Rule<$F::Output, Stop = S>,)+
        {
            type Outputs = ($(<K as Rule<$F::Output>>::Kept,)+);
            type Stop = S;

            fn len(&self) -> usize {
                $len
            }

            fn poll_at(
                self: Pin<&mut Self>,
                at: usize,
                cx: &mut Context<'_>,
            ) -> Result<Turn, S> {
                let this = self.project();
                match at {
                    $($at => this.$seat.poll(cx, <K as Rule<$F::Output>>::sort),)+
                    _ => Ok(Turn::Idle),
                }
            }

            fn miss_at(
                self: Pin<&mut Self>,
                at: usize,
                has_started: bool,
                elapsed: Elapsed,
            ) -> Result<(), S> {
                let this = self.project();
                match at {
                    $($at => this.$seat.fill(|| {
                        <K as Rule<$F::Output>>::miss(has_started, elapsed)
                    }),)+
                    _ => Ok(()),
                }
            }

            fn take(self: Pin<&mut Self>) -> Self::Outputs {
                let this = self.project();
                ($(this.$seat.take(),)+)
            }
        }
    };
}

tuple!(One, 1: A VA a 0);
tuple!(Two, 2: A VA a 0, B VB b 1);
tuple!(Three, 3: A VA a 0, B VB b 1, C VC c 2);
tuple!(Four, 4: A VA a 0, B VB b 1, C VC c 2, D VD d 3);
tuple!(Five, 5: A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4);
tuple!(Six, 6: A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, F VF f 5);
tuple!(Seven, 7: A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, F VF f 5, G VG g 6);
tuple!(Eight, 8: A VA a 0, B VB b 1, C VC c 2, D VD d 3, E VE e 4, F VF f 5, G VG g 6, H VH h 7);
