//! Whether a value is what a schema of the document says. It knows the keywords that the document uses, and fails on any other.

use serde_json::Value;

/// What is wrong with the value, each with its place; nothing when it is as the schema says.
pub fn complaints(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(document, schema, value, "", &mut found);
    found
}

fn check(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let fits = |one: &Value| complaints(document, one, value).is_empty();
    for (keyword, said) in schema.as_object().unwrap() {
        match keyword.as_str() {
            "$ref" => {
                let place = said.as_str().unwrap().trim_start_matches('#');
                let meant = document.pointer(place).unwrap_or_else(|| panic!("{said} leads nowhere"));
                check(document, meant, value, at, found);
            }
            "type" => {
                let kinds = said.as_array().cloned().unwrap_or_else(|| vec![said.clone()]);
                if !kinds.iter().any(|kind| is_a(kind.as_str().unwrap(), value)) {
                    found.push(format!("{at}: {value} is no {said}"));
                }
            }
            "enum" if !said.as_array().unwrap().contains(value) => {
                found.push(format!("{at}: {value} is not in {said}"))
            }
            "properties" => {
                for (name, field) in said.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        check(document, field, value, &format!("{at}/{name}"), found);
                    }
                }
            }
            "required" => {
                for name in said.as_array().unwrap().iter().map(|name| name.as_str().unwrap()) {
                    if value.is_object() && value.get(name).is_none() {
                        found.push(format!("{at}: {name} is missing"));
                    }
                }
            }
            "additionalProperties" => {
                let known = &schema["properties"];
                for (name, value) in
                    value.as_object().into_iter().flatten().filter(|(name, _)| known.get(name).is_none())
                {
                    if *said == false {
                        found.push(format!("{at}: {name} is not documented"));
                    } else if said.is_object() {
                        check(document, said, value, &format!("{at}/{name}"), found);
                    }
                }
            }
            "items" => {
                for (n, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(document, said, item, &format!("{at}/{n}"), found);
                }
            }
            "allOf" => said.as_array().unwrap().iter().for_each(|one| check(document, one, value, at, found)),
            "oneOf" => {
                let fitting = said.as_array().unwrap().iter().filter(|one| fits(one)).count();
                if fitting != 1 {
                    found.push(format!("{at}: {value} fits {fitting} of {said}"));
                }
            }
            "minimum" if value.as_f64().is_some_and(|number| number < said.as_f64().unwrap()) => {
                found.push(format!("{at}: {value} is below {said}"));
            }
            "format" => {
                if let Some(text) = value.as_str()
                    && !is_written_as(said.as_str().unwrap(), text)
                {
                    found.push(format!("{at}: {text} is no {said}"));
                }
            }
            "enum" | "minimum" | "propertyNames" | "description" | "title" | "default" | "example" => {}
            other => panic!("the tests do not know the keyword {other}: teach them in tests/it/harness/schema.rs"),
        }
    }
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{other} is no type"),
    }
}

fn is_written_as(format: &str, text: &str) -> bool {
    match format {
        "uuid" => uuid::Uuid::try_parse(text).is_ok(),
        "date-time" => text.parse::<caseyos_shared::model::Ts>().is_ok(),
        "int32" | "int64" | "double" => true,
        other => panic!("the tests do not know the format {other}: teach them in tests/it/harness/schema.rs"),
    }
}

/// The fields of a value that its schema does not name.
pub fn undocumented(document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    let named = names(document, schema);
    let own = value.as_object().into_iter().flatten().map(|(name, _)| name.clone());
    if named.is_empty() { Vec::new() } else { own.filter(|name| !named.contains(name)).collect() }
}

fn names(document: &Value, schema: &Value) -> Vec<String> {
    let mut all: Vec<String> =
        schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    if let Some(place) = schema["$ref"].as_str() {
        all.extend(names(document, document.pointer(place.trim_start_matches('#')).unwrap()));
    }
    for one in ["allOf", "oneOf"].iter().flat_map(|key| schema[*key].as_array().into_iter().flatten()) {
        all.extend(names(document, one));
    }
    all
}
