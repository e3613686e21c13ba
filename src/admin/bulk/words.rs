//! What is said of many items at once. It must not know how anything is done.

use crate::content::{ContentType, Field, Id, Value, diff};
use crate::editing::bulk::Wish;

/// What several items of a type are called in a sentence.
pub(super) fn several(content_type: &ContentType) -> String {
    // ‘News’ and ‘Media’ are no numbers of things.
    if content_type.label.starts_with(content_type.labels) {
        format!("{}s", content_type.label.to_lowercase())
    } else {
        content_type.labels.to_lowercase()
    }
}

/// So many items of a type: `one output`, `12 outputs`.
pub(super) fn things(content_type: &ContentType, number: usize) -> String {
    match number {
        1 => format!("one {}", content_type.label.to_lowercase()),
        number => format!("{number} {}", several(content_type)),
    }
}

/// What is to be done: `Publish 12 outputs`. `name` says what linked items are called.
pub(super) fn to_do(
    wish: &Wish,
    content_type: &ContentType,
    number: usize,
    name: &dyn Fn(Id) -> String,
) -> String {
    let things = things(content_type, number);
    match wish {
        Wish::Publish => format!("Publish {things}"),
        Wish::Unpublish => format!("Unpublish {things}"),
        Wish::Trash => format!("Move {things} to the trash"),
        Wish::Untrash => format!("Take {things} out of the trash"),
        Wish::Set(field, value) if value.is_none() => format!("Empty ‘{}’ in {things}", field.label),
        Wish::Set(field, value) => {
            format!("Set ‘{}’ to ‘{}’ in {things}", field.label, said(field, value, name))
        }
    }
}

/// A value as people read it.
pub(super) fn said(field: &Field, value: &Value, name: &dyn Fn(Id) -> String) -> String {
    match value {
        Value::Flag(flag) => if *flag { "Yes" } else { "No" }.to_owned(),
        value => diff::read(field, value, name),
    }
}

/// How many are done: `9 will be published`.
pub(super) fn will(wish: &Wish, number: usize) -> String {
    let deed = match wish {
        Wish::Publish => "published",
        Wish::Unpublish => "unpublished",
        Wish::Trash => "moved to the trash",
        Wish::Untrash => "taken out of the trash",
        Wish::Set(..) => "changed",
    };
    format!("{number} will be {deed}")
}

/// Above those that are done.
pub(super) const fn fate(wish: &Wish) -> &'static str {
    match wish {
        Wish::Publish => "What will be published",
        Wish::Unpublish => "What will be unpublished",
        Wish::Trash => "What will be moved to the trash",
        Wish::Untrash => "What will be taken out of the trash",
        Wish::Set(..) => "What will be changed",
    }
}

/// How many are so already: `2 are public as they are`.
pub(super) fn as_is(wish: &Wish, number: usize) -> String {
    let (one, many) = match wish {
        Wish::Publish => ("is public as it is", "are public as they are"),
        Wish::Unpublish => ("is not public", "are not public"),
        Wish::Trash => ("is in the trash already", "are in the trash already"),
        Wish::Untrash => ("is not in the trash", "are not in the trash"),
        Wish::Set(..) => ("says so already", "say so already"),
    };
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How many cannot be done.
pub(super) fn stays(number: usize) -> String {
    if number == 1 {
        "1 cannot be and stays as it is".to_owned()
    } else {
        format!("{number} cannot be and stay as they are")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::types::{MEDIA, NEWS, OUTPUT, PERSON};

    #[test]
    fn things_are_counted_in_words() {
        assert_eq!(things(&OUTPUT, 1), "one output");
        assert_eq!(things(&OUTPUT, 12), "12 outputs");
        assert_eq!(things(&NEWS, 2), "2 news items");
        assert_eq!(things(&MEDIA, 2), "2 media items");
        assert_eq!(things(&PERSON, 2), "2 people");
    }
}
