//! The pieces of statements that lists are made of: ids in brackets, the place where a page begins.

use sqlx::{Database, QueryBuilder};

use super::moves::After;

/// Pushes `$1, $2, …)` for these texts: the statement so far ends in `in (`.
pub(super) fn push_texts<DB: Database>(query: &mut QueryBuilder<DB>, texts: impl IntoIterator<Item = String>)
where
    String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
{
    let mut list = query.separated(", ");
    for text in texts {
        list.push_bind(text);
    }
    query.push(")");
}

/// Pushes the condition, order and end of a page of rows, newest first, of the table with this alias.
pub(super) fn push_page<DB: Database>(query: &mut QueryBuilder<DB>, alias: &'static str, after: &After, limit: i64)
where
    String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
    i64: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
{
    if let Some((at, id)) = after {
        query.push(" and (").push(alias).push(".created_at < ").push_bind(at.millis());
        query.push(" or (").push(alias).push(".created_at = ").push_bind(at.millis());
        query.push(" and ").push(alias).push(".id < ").push_bind(id.clone()).push("))");
    }
    query.push(" order by ").push(alias).push(".created_at desc, ").push(alias).push(".id desc limit ");
    query.push_bind(limit);
}
