//! A repeated request is recognised, not repeated: the key and what came of it are written in the
//! transaction of the change itself.

use entity::access::idempotency_record;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set, TryInsertResult};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use access::Permit;
use kernel::clock::Clock;
use kernel::error::{ApiError, ApiResult};
use kernel::i18n::Message;
use kernel::user_error::{UserError, UserErrorCode};

/// A caller's key, and what it stands for.
#[derive(Debug)]
pub struct Key<'a> {
    /// The key; none when the caller gave none.
    pub key: Option<&'a str>,
    /// The mutation.
    pub operation: &'static str,
    /// Everything the request says beside the key.
    pub input: String,
}

/// Whether the request is new.
#[derive(Debug)]
pub enum Begun {
    /// It is new, or has no key.
    Fresh,
    /// It was done before, and this record came of it.
    Repeated(Uuid),
    /// The key stands for something else.
    Reused(UserError),
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Takes the key. A concurrent request with the same key waits here until this transaction ends.
pub async fn begin(tx: &DatabaseTransaction, clock: &Clock, permit: &Permit, key: &Key<'_>) -> ApiResult<Begun> {
    let Some(text) = key.key else { return Ok(Begun::Fresh) };
    if text.is_empty() || text.chars().count() > 128 {
        let message = Message::new("idempotency-key-malformed");
        return Ok(Begun::Reused(UserError::new(UserErrorCode::Malformed, &["idempotencyKey"], message)));
    }
    let person_id = permit.person()?;
    let request_hash = hash(&key.input);
    let record = idempotency_record::ActiveModel {
        person_id: Set(person_id),
        idempotency_key: Set(text.to_owned()),
        operation: Set(key.operation.to_owned()),
        request_hash: Set(request_hash.clone()),
        result_id: Set(None),
        created_at: Set(clock.now()),
    };
    let inserted = idempotency_record::Entity::insert(record)
        .on_conflict(
            OnConflict::columns([idempotency_record::Column::PersonId, idempotency_record::Column::IdempotencyKey])
                .do_nothing()
                .to_owned(),
        )
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    if matches!(inserted, TryInsertResult::Inserted(1)) {
        return Ok(Begun::Fresh);
    }
    let known = idempotency_record::Entity::find_by_id((person_id, text.to_owned()))
        .one(tx)
        .await?
        .ok_or_else(|| ApiError::internal("an idempotency record is neither new nor known"))?;
    match known.result_id {
        Some(id) if known.operation == key.operation && known.request_hash == request_hash => Ok(Begun::Repeated(id)),
        _ => {
            let message = Message::new("idempotency-key-reused");
            Ok(Begun::Reused(UserError::new(UserErrorCode::IdempotencyKeyReused, &["idempotencyKey"], message)))
        }
    }
}

/// Writes down what came of the request.
pub async fn finish(tx: &DatabaseTransaction, permit: &Permit, key: &Key<'_>, result_id: Uuid) -> ApiResult<()> {
    let Some(text) = key.key else { return Ok(()) };
    idempotency_record::Entity::update_many()
        .set(idempotency_record::ActiveModel { result_id: Set(Some(result_id)), ..Default::default() })
        .filter(idempotency_record::Column::PersonId.eq(permit.person()?))
        .filter(idempotency_record::Column::IdempotencyKey.eq(text))
        .exec(tx)
        .await?;
    Ok(())
}
