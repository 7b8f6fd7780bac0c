//! Lists: `?limit=&cursor=` in, `{items, next_cursor}` out, with a cursor that only this server reads.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use caseyos_shared::model::Ts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::ApiError;

/// The items of a list when nobody says how many.
const USUAL: i64 = 50;
/// The most items of one page.
const MOST: i64 = 200;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to send as `cursor` for the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// The query of a list without filters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// How many, 1 to 200.
    pub(super) limit: Option<i64>,
    /// Where the last page ended.
    pub(super) cursor: Option<String>,
}

/// Where a page begins and how long it is.
pub struct Window {
    /// How many items.
    pub limit: i64,
    /// After which item.
    pub after: Option<(Ts, String)>,
}

impl Window {
    /// The window that a query asks for.
    ///
    /// # Errors
    /// 422 for a limit out of bounds or a cursor that is none of ours.
    pub fn new(limit: Option<i64>, cursor: Option<&str>) -> Result<Self, ApiError> {
        let limit = limit.unwrap_or(USUAL);
        if !(1..=MOST).contains(&limit) {
            return Err(ApiError::field("/limit", format!("must be 1 to {MOST}")));
        }
        let after = match cursor {
            None => None,
            Some(cursor) => Some(
                read(cursor)
                    .ok_or_else(|| ApiError::field("/cursor", "is no cursor of this list; begin again without one"))?,
            ),
        };
        Ok(Self { limit, after })
    }

    /// One more than the page holds, so that one knows whether there is a next page.
    #[must_use]
    pub const fn to_fetch(&self) -> i64 {
        self.limit + 1
    }

    /// The page of rows that were fetched with [`Window::to_fetch`].
    pub fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> (Ts, String),
        on_the_wire: impl Fn(R) -> T,
    ) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|last| {
            let (at, id) = key(last);
            URL_SAFE_NO_PAD.encode(format!("{} {id}", at.millis()))
        });
        Page { items: rows.into_iter().map(on_the_wire).collect(), next_cursor }
    }
}

fn read(cursor: &str) -> Option<(Ts, String)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (at, id) = text.split_once(' ')?;
    Some((Ts::from_millis(at.parse().ok()?), id.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_leads_to_the_next_and_the_last_to_none() {
        let window = Window::new(Some(2), None).unwrap();
        let key = |n: &i64| (Ts::from_millis(*n), n.to_string());
        let page = window.page(vec![9, 8, 7], key, |n| n);
        assert_eq!(page.items, [9, 8]);
        let next = Window::new(Some(2), page.next_cursor.as_deref()).unwrap();
        assert_eq!(next.after, Some((Ts::from_millis(8), "8".to_owned())));
        assert_eq!(next.page(vec![7], key, |n| n).next_cursor, None);
    }

    #[test]
    fn a_foreign_cursor_and_an_absurd_limit_are_refused() {
        assert!(Window::new(None, Some("%%%")).is_err());
        assert!(Window::new(None, Some("AAAA")).is_err());
        assert!(Window::new(Some(0), None).is_err());
        assert!(Window::new(Some(201), None).is_err());
    }
}
