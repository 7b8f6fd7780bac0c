//! The pieces of statements that lists are made of: ids in brackets, words to look for, the place where a page begins.

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

/// A pattern for `like` that finds the text anywhere, in lower case, with its own wildcards taken literally.
pub(super) fn like_anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The patterns under which `lower(column) like …` finds the text on both engines: SQLite's `lower` leaves every letter
/// outside ASCII as it is (https://www.sqlite.org/lang_corefunc.html#lower), so such words are looked for in the spellings that people use.
fn patterns(text: &str) -> Vec<String> {
    let mut all = vec![like_anywhere(text)];
    if !text.is_ascii() {
        let mut begins = true;
        let titled: String = text
            .to_lowercase()
            .chars()
            .flat_map(|c| {
                let first = std::mem::replace(&mut begins, !c.is_alphanumeric());
                let upper = first && !c.is_ascii();
                if upper { c.to_uppercase().collect::<Vec<_>>() } else { vec![c] }
            })
            .collect();
        let shouted: String = text
            .chars()
            .flat_map(|c| if c.is_ascii() { vec![c.to_ascii_lowercase()] } else { c.to_uppercase().collect() })
            .collect();
        for spelling in [titled, shouted] {
            // The letters outside ASCII are as they should be by now; `like_anywhere` would make them small again.
            let pattern: String = spelling
                .chars()
                .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
                .collect();
            let pattern = format!("%{pattern}%");
            if !all.contains(&pattern) {
                all.push(pattern);
            }
        }
    }
    all
}

/// Pushes `and (…)`: the text stands somewhere in one of these columns, in small or capital letters.
pub(super) fn push_text<DB: Database>(query: &mut QueryBuilder<DB>, columns: &[&'static str], text: &str)
where
    String: for<'a> sqlx::Encode<'a, DB> + sqlx::Type<DB>,
{
    let mut joint = " and (";
    for pattern in patterns(text) {
        for column in columns {
            query
                .push(joint)
                .push("lower(")
                .push(*column)
                .push(") like ")
                .push_bind(pattern.clone())
                .push(" escape '\\'");
            joint = " or ";
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_are_taken_literally() {
        assert_eq!(like_anywhere("50%_Off\\"), "%50\\%\\_off\\\\%");
        assert_eq!(patterns("Plan"), ["%plan%"]);
    }

    #[test]
    fn letters_that_sqlite_leaves_alone_are_looked_for_in_every_usual_spelling() {
        assert_eq!(patterns("ümit öz"), ["%ümit öz%", "%Ümit Öz%"]);
        assert_eq!(patterns("müller"), ["%müller%", "%mÜller%"]);
        assert_eq!(patterns("Über%"), ["%über\\%%", "%Über\\%%"]);
    }
}
