//! From when a document is not in force any more, worked out from what documents do to each other. Pure functions.
//!
//! A relation holds from its day, unless the document that acts had itself ended by that day: then it is void. Nothing
//! revives: that a repeal is repealed later brings nothing back. So the ends follow in one order, each document after
//! those that act on it, whatever the order in which they were recorded.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;

use super::{LegalEndReason, LegalRelationKind, LegalStatus};

/// A document as far as its end depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated {
    /// The document.
    pub id: Uuid,
    /// Day of issue and number: of two that end another on the same day, the first by these is named.
    pub order: (NaiveDate, String),
    /// First day on which it holds no more by its own words.
    pub expires_on: Option<NaiveDate>,
}

/// What one document does to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The one that acts.
    pub actor: Uuid,
    /// The one that it acts on.
    pub target: Uuid,
    /// What it does.
    pub kind: LegalRelationKind,
    /// From which day.
    pub on: NaiveDate,
}

/// The end of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// First day on which it is not in force any more.
    pub on: NaiveDate,
    /// Why.
    pub reason: LegalEndReason,
    /// By which document; none where it ended by its own words.
    pub by: Option<Uuid>,
}

/// What follows for a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    /// Its end; none while nothing ends it.
    pub end: Option<End>,
    /// First day on which a part of it is not in force any more.
    pub partly_ended_on: Option<NaiveDate>,
}

/// Why a kind of relation ends the whole of its target; none where it does not.
fn ending(kind: LegalRelationKind) -> Option<LegalEndReason> {
    match kind {
        LegalRelationKind::Replaces => Some(LegalEndReason::Replaced),
        LegalRelationKind::Repeals => Some(LegalEndReason::Repealed),
        LegalRelationKind::Amends | LegalRelationKind::RepealsPartly | LegalRelationKind::Guides => None,
    }
}

/// Whether a relation of a document is void: the document had ended by the relation's day.
pub fn is_void(actor_ended_on: Option<NaiveDate>, on: NaiveDate) -> bool {
    actor_ended_on.is_some_and(|ended| ended <= on)
}

/// The documents on cycles of REPLACES and REPEALS, and between such cycles; none where there is no cycle. What nothing
/// acts on and what acts on nothing is trimmed off, until nothing is.
pub fn on_cycles(links: &[Link]) -> BTreeSet<Uuid> {
    let mut left: Vec<(Uuid, Uuid)> =
        links.iter().filter(|link| ending(link.kind).is_some()).map(|link| (link.actor, link.target)).collect();
    loop {
        let actors: BTreeSet<Uuid> = left.iter().map(|(actor, _)| *actor).collect();
        let targets: BTreeSet<Uuid> = left.iter().map(|(_, target)| *target).collect();
        let before = left.len();
        left.retain(|(actor, target)| targets.contains(actor) && actors.contains(target));
        if left.len() == before {
            return left.into_iter().flat_map(|(actor, target)| [actor, target]).collect();
        }
    }
}

/// What follows for every document. Links that name a document which is not among them say nothing.
pub fn derive(documents: &[Dated], links: &[Link]) -> HashMap<Uuid, Validity> {
    let known: HashMap<Uuid, &Dated> = documents.iter().map(|document| (document.id, document)).collect();
    let mut acting: HashMap<Uuid, Vec<&Link>> = HashMap::new();
    // Of each document, how many that act on it are not settled yet.
    let mut open: HashMap<Uuid, usize> = documents.iter().map(|document| (document.id, 0)).collect();
    let mut found: HashMap<Uuid, Validity> = HashMap::with_capacity(documents.len());
    for document in documents {
        let end = document.expires_on.map(|on| End { on, reason: LegalEndReason::Expired, by: None });
        found.insert(document.id, Validity { end, partly_ended_on: None });
    }
    for link in links.iter().filter(|link| known.contains_key(&link.actor) && known.contains_key(&link.target)) {
        acting.entry(link.actor).or_default().push(link);
        if ending(link.kind).is_some() {
            *open.entry(link.target).or_default() += 1;
        }
    }
    let mut ready: Vec<Uuid> = open.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
    while let Some(actor) = ready.pop() {
        let ended = found.get(&actor).and_then(|validity| validity.end).map(|end| end.on);
        for link in acting.get(&actor).into_iter().flatten() {
            let Some(reason) = ending(link.kind) else { continue };
            if !is_void(ended, link.on)
                && let Some(validity) = found.get_mut(&link.target)
            {
                let end = End { on: link.on, reason, by: Some(actor) };
                if validity.end.is_none_or(|before| earlier(&end, &before, &known) == Ordering::Less) {
                    validity.end = Some(end);
                }
            }
            if let Some(count) = open.get_mut(&link.target) {
                *count -= 1;
                if *count == 0 {
                    ready.push(link.target);
                }
            }
        }
    }
    // All ends are known: what takes away a part ends nothing, so its order does not matter.
    for link in acting.values().flatten() {
        let parts = matches!(link.kind, LegalRelationKind::Amends | LegalRelationKind::RepealsPartly);
        let ended = found.get(&link.actor).and_then(|validity| validity.end).map(|end| end.on);
        if parts
            && !is_void(ended, link.on)
            && let Some(validity) = found.get_mut(&link.target)
        {
            let first = validity.partly_ended_on.map_or(link.on, |before| before.min(link.on));
            validity.partly_ended_on = Some(first);
        }
    }
    found
}

/// Which of two ends of a document is the one to name.
fn earlier(one: &End, other: &End, known: &HashMap<Uuid, &Dated>) -> Ordering {
    let named = |end: &End| end.by.and_then(|id| known.get(&id)).map(|document| &document.order);
    let key = |end: &End| (end.on, end.reason);
    key(one).cmp(&key(other)).then_with(|| named(one).cmp(&named(other))).then_with(|| one.by.cmp(&other.by))
}

/// How a document stands on a day.
pub fn status_on(
    effective_on: NaiveDate,
    ended_on: Option<NaiveDate>,
    partly_ended_on: Option<NaiveDate>,
    day: NaiveDate,
) -> LegalStatus {
    if ended_on.is_some_and(|ended| ended <= day) {
        LegalStatus::Expired
    } else if effective_on > day {
        LegalStatus::NotYetInForce
    } else if partly_ended_on.is_some_and(|ended| ended <= day) {
        LegalStatus::PartlyExpired
    } else {
        LegalStatus::InForce
    }
}

/// The kinds of relation by which one document takes another away: what a proposal asked for.
pub fn changes(kind: LegalRelationKind) -> bool {
    kind != LegalRelationKind::Guides
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::LegalRelationKind::{Amends, Guides, Repeals, RepealsPartly, Replaces};
    use super::*;

    fn id(number: usize) -> Uuid {
        Uuid::from_u128(number as u128 + 1)
    }

    fn day(number: i64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + chrono::Duration::days(number)
    }

    fn documents(expiries: &[Option<i64>]) -> Vec<Dated> {
        let one = |(number, expiry): (usize, &Option<i64>)| Dated {
            id: id(number),
            order: (day(number as i64), format!("{number:03}")),
            expires_on: expiry.map(day),
        };
        expiries.iter().enumerate().map(one).collect()
    }

    fn link(actor: usize, kind: LegalRelationKind, target: usize, on: i64) -> Link {
        Link { actor: id(actor), target: id(target), kind, on: day(on) }
    }

    fn told(found: &HashMap<Uuid, Validity>, number: usize) -> String {
        let validity = found[&id(number)];
        let end = validity.end.map_or("-".to_owned(), |end| {
            let by = end.by.map_or(String::new(), |by| format!(" by {}", by.as_u128() - 1));
            format!("{} {}{by}", end.reason, (end.on - day(0)).num_days())
        });
        let part =
            validity.partly_ended_on.map_or(String::new(), |on| format!(", a part {}", (on - day(0)).num_days()));
        format!("{end}{part}")
    }

    #[test]
    fn the_first_that_ends_a_document_is_named_and_nothing_revives() {
        // 1 repeals 0 on day 10; 2 repeals 1 on day 20: 0 stays ended.
        let found = derive(&documents(&[None; 3]), &[link(1, Repeals, 0, 10), link(2, Repeals, 1, 20)]);
        assert_eq!([0, 1, 2].map(|number| told(&found, number)), ["REPEALED 10 by 1", "REPEALED 20 by 2", "-"]);
        // Repealed before its own repeal came to hold, or on that very day: the repeal is void.
        for on in [5, 10] {
            let found = derive(&documents(&[None; 3]), &[link(1, Repeals, 0, 10), link(2, Repeals, 1, on)]);
            assert_eq!(told(&found, 0), "-");
        }
        // Its own words end it before another does.
        let found = derive(&documents(&[Some(9), None]), &[link(1, Replaces, 0, 10)]);
        assert_eq!(told(&found, 0), "EXPIRED 9");
        let found = derive(&documents(&[Some(11), None]), &[link(1, Replaces, 0, 10)]);
        assert_eq!(told(&found, 0), "REPLACED 10 by 1");
        // Of two on the same day the first issued is named.
        let found = derive(&documents(&[None; 3]), &[link(2, Repeals, 0, 10), link(1, Repeals, 0, 10)]);
        assert_eq!(told(&found, 0), "REPEALED 10 by 1");
    }

    #[test]
    fn a_part_ends_with_an_amendment_and_nothing_with_guidance() {
        let links = [link(1, Amends, 0, 12), link(2, RepealsPartly, 0, 10), link(3, Guides, 0, 5)];
        let found = derive(&documents(&[None; 4]), &links);
        assert_eq!(told(&found, 0), "-, a part 10");
        // What amends had ended by that day.
        let found = derive(&documents(&[None, Some(12)]), &[link(1, Amends, 0, 12)]);
        assert_eq!(told(&found, 0), "-");
        let found = derive(&documents(&[None, Some(13)]), &[link(1, Amends, 0, 12)]);
        assert_eq!(told(&found, 0), "-, a part 12");
    }

    #[test]
    fn the_status_of_a_day() {
        use LegalStatus::{Expired, InForce, NotYetInForce, PartlyExpired};
        let on = |number| status_on(day(10), Some(day(30)), Some(day(20)), day(number));
        assert_eq!(
            [9, 10, 19, 20, 29, 30].map(on),
            [NotYetInForce, InForce, InForce, PartlyExpired, PartlyExpired, Expired]
        );
        // Repealed before it came to hold.
        assert_eq!(status_on(day(10), Some(day(5)), None, day(5)), Expired);
        assert_eq!(status_on(day(10), Some(day(5)), None, day(4)), NotYetInForce);
    }

    #[test]
    fn cycles_are_found_and_what_hangs_on_them_is_not() {
        let cycle = [link(1, Replaces, 2, 5), link(2, Repeals, 3, 5), link(3, Replaces, 1, 5)];
        let hanging = [link(0, Repeals, 1, 5), link(3, Repeals, 4, 5), link(4, Amends, 0, 5)];
        let all: Vec<Link> = cycle.iter().chain(&hanging).copied().collect();
        assert_eq!(on_cycles(&all), BTreeSet::from([id(1), id(2), id(3)]));
        assert_eq!(on_cycles(&hanging), BTreeSet::new());
        assert_eq!(on_cycles(&[link(1, Amends, 2, 5), link(2, Amends, 1, 5)]), BTreeSet::new());
        assert_eq!(on_cycles(&[link(1, Repeals, 2, 5), link(2, Replaces, 1, 5)]).len(), 2);
    }

    /// The same said once more, in another way: the end of a document by asking for the ends of those that act on it.
    fn asked(documents: &[Dated], links: &[Link], of: Uuid) -> Option<NaiveDate> {
        let own = documents.iter().find(|document| document.id == of).and_then(|document| document.expires_on);
        let others = links.iter().filter(|link| link.target == of && matches!(link.kind, Replaces | Repeals));
        let others = others.filter(|link| asked(documents, links, link.actor).is_none_or(|ended| ended > link.on));
        own.into_iter().chain(others.map(|link| link.on)).min()
    }

    fn kinds() -> impl Strategy<Value = LegalRelationKind> {
        prop::sample::select(LegalRelationKind::ALL)
    }

    /// Up to nine documents, and relations of later ones to earlier ones.
    fn graphs() -> impl Strategy<Value = (Vec<Dated>, Vec<Link>)> {
        prop::collection::vec(prop::option::weighted(0.2, 0..40_i64), 2..9).prop_flat_map(|expiries| {
            let count = expiries.len();
            let pair = (1..count).prop_flat_map(|actor| (Just(actor), 0..actor));
            let links = prop::collection::vec((pair, kinds(), 0..40_i64), 0..14);
            links.prop_map(move |links| {
                let links = links.into_iter().map(|((actor, target), kind, on)| link(actor, kind, target, on));
                (documents(&expiries), links.collect())
            })
        })
    }

    proptest! {
        #[test]
        fn the_order_of_recording_does_not_matter(
            (documents, links) in graphs(),
            turn in any::<prop::sample::Index>(),
            seed in any::<u64>(),
        ) {
            let found = derive(&documents, &links);
            let (mut other_documents, mut other_links) = (documents.clone(), links.clone());
            other_documents.rotate_left(turn.index(documents.len()));
            other_links.sort_by_key(|link| {
                let mixed = link.actor.as_u128() as u64 ^ (link.target.as_u128() as u64) << 8;
                (mixed ^ link.kind as u64).wrapping_mul(seed | 1)
            });
            prop_assert_eq!(&derive(&other_documents, &other_links), &found);
            for document in &documents {
                let end = found[&document.id].end.map(|end| end.on);
                prop_assert_eq!(end, asked(&documents, &links, document.id));
            }
        }

        #[test]
        fn one_relation_more_after_all_others_changes_nothing_before_its_day(
            (documents, links) in graphs(),
            kind in kinds(),
            target in any::<prop::sample::Index>(),
        ) {
            // Issued last, and from a day after all others.
            let mut more = documents.clone();
            more.push(Dated { id: id(90), order: (day(90), "090".to_owned()), expires_on: None });
            let mut all = links.clone();
            all.push(Link { actor: id(90), target: documents[target.index(documents.len())].id, kind, on: day(90) });
            let (before, after) = (derive(&documents, &links), derive(&more, &all));
            for document in &documents {
                for number in 0..90 {
                    let on = |found: &HashMap<Uuid, Validity>| {
                        let validity = found[&document.id];
                        status_on(day(0), validity.end.map(|end| end.on), validity.partly_ended_on, day(number))
                    };
                    prop_assert_eq!(on(&before), on(&after));
                }
            }
        }

        #[test]
        fn what_is_on_no_cycle_can_be_put_in_an_order(
            pairs in prop::collection::vec((0..7_usize, 0..7_usize, kinds()), 0..14),
        ) {
            let links: Vec<Link> = pairs
                .into_iter()
                .filter(|(actor, target, _)| actor != target)
                .map(|(actor, target, kind)| link(actor, kind, target, 1))
                .collect();
            let reaches = |from: Uuid| {
                let (mut open, mut seen) = (vec![from], BTreeSet::new());
                while let Some(here) = open.pop() {
                    for link in links.iter().filter(|link| link.actor == here && matches!(link.kind, Replaces | Repeals)) {
                        if seen.insert(link.target) {
                            open.push(link.target);
                        }
                    }
                }
                seen
            };
            let circular: BTreeSet<Uuid> = (0..7).map(id).filter(|one| reaches(*one).contains(one)).collect();
            let found = on_cycles(&links);
            prop_assert_eq!(found.is_empty(), circular.is_empty());
            prop_assert!(found.is_superset(&circular));
        }
    }
}
