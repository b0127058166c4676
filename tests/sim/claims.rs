//! Every claim of the board, in every `cargo test`.

use surefoot::scenarios;
use surefoot::sim::{Explorer, Failure, Stats, Strategy};

fn by_growing_deviations() -> Explorer {
    let strategy = Strategy::Exhaustive { deviations: Some(u32::MAX) };
    Explorer::new().strategy(strategy).schedules(3_000)
}

fn held(id: &str, result: Result<Stats, Box<Failure>>) -> Stats {
    result.unwrap_or_else(|failure| panic!("{id}: {failure}"))
}

/// Each claim holds on production, under every schedule or under at least a
/// thousand different ones.
#[test]
fn every_claim_holds_on_production() {
    for claim in scenarios::all() {
        let id = claim.id();
        let exhaustive = held(&id, claim.production.run(by_growing_deviations()));
        assert!(exhaustive.exhausted || exhaustive.distinct >= 1_000, "{id}: {exhaustive:?}");
        let random = Explorer::new().strategy(Strategy::Random).schedules(300);
        held(&id, claim.production.run(random));
    }
}

/// Each claim is broken by its twin, as stated, though not in the fair schedule.
#[test]
fn every_twin_passes_the_fair_schedule_and_breaks_as_stated() {
    for claim in scenarios::all() {
        let id = claim.twin_id();
        held(&id, claim.twin.body.run(Explorer::new().strategy(Strategy::Fair)));
        let failure = claim.twin.body.run(by_growing_deviations()).unwrap_err();
        assert_eq!(claim.twin.breaks.differs_from(&failure), None, "{id}: {failure}");
    }
}

/// What the exhaustive search finds in its simplest form, the random one finds
/// too, and shrinks to about the same.
#[test]
fn a_twin_found_at_random_shrinks_to_what_is_stated() {
    for claim in scenarios::all() {
        let random = Explorer::new().strategy(Strategy::Random).seed(1).schedules(5_000);
        let failure = claim.twin.body.run(random).unwrap_err();
        assert!(failure.shrunk_from >= failure.schedule.deviations().len());
        assert_eq!(
            claim.twin.breaks.differs_from(&failure),
            None,
            "{}: {failure}",
            claim.twin_id()
        );
    }
}

#[test]
fn no_two_claims_share_a_name() {
    let mut ids: Vec<_> = scenarios::all().map(scenarios::Claim::id).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}
