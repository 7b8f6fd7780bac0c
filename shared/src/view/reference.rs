//! The API's reference, made from an OpenAPI 3.1 document.

use serde_json::Value;

/// The reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reference {
    /// The API's name.
    pub title: String,
    /// What holds for all of it.
    pub description: String,
    /// The operations, by the first part of their address.
    pub groups: Vec<Group>,
    /// The schemas, by name.
    pub schemas: Vec<Schema>,
}

/// Operations that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What they are about.
    pub name: String,
    /// The operations, in the order of their addresses.
    pub operations: Vec<Operation>,
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// The name of its place on the page.
    pub anchor: String,
    /// GET, POST …
    pub method: String,
    /// Its address.
    pub path: String,
    /// What it does, in a line.
    pub summary: String,
    /// What it does, at length.
    pub description: String,
    /// Who may call it: "queue:read", "a signed-in person", "anybody".
    pub who: Vec<String>,
    /// What it takes in path, query and headers.
    pub parameters: Vec<Field>,
    /// The body it takes.
    pub body: Option<Shape>,
    /// What it answers, by status.
    pub answers: Vec<Answer>,
}

/// A parameter, or a field of a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// What it means.
    pub description: String,
}

/// What something holds: words, and the schema they name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shape {
    /// "list of Move", "string (uuid)".
    pub text: String,
    /// The schema that is meant.
    pub schema: Option<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: String,
    /// What it means.
    pub description: String,
    /// What it holds.
    pub shape: Option<Shape>,
}

/// A schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Its words, where it is a list of words, and what each of them means.
    pub words: Vec<(String, String)>,
    /// What it is when it is neither.
    pub shape: Option<Shape>,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

impl Reference {
    /// The reference of an OpenAPI document.
    #[must_use]
    pub fn of(document: &Value) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for (path, item) in members(&document["paths"]) {
            for method in METHODS {
                if let Some(operation) = item.get(method) {
                    let name = group_of(path, operation);
                    let operation = self::operation(document, path, method, item, operation);
                    match groups.iter_mut().find(|group| group.name == name) {
                        Some(group) => group.operations.push(operation),
                        None => groups.push(Group { name, operations: vec![operation] }),
                    }
                }
            }
        }
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        Self {
            title: text(&document["info"]["title"]),
            description: text(&document["info"]["description"]),
            groups,
            schemas: members(&document["components"]["schemas"])
                .map(|(name, schema)| self::schema(name, schema))
                .collect(),
        }
    }
}

fn operation(document: &Value, path: &str, method: &str, item: &Value, operation: &Value) -> Operation {
    let parameters = list(&item["parameters"]).chain(list(&operation["parameters"]));
    let parameters = parameters.map(|parameter| meant(document, parameter));
    Operation {
        anchor: format!("{method}{}", path.replace(['/', '{', '}'], "-")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        who: who(&operation["security"]),
        parameters: parameters
            .map(|parameter| Field {
                name: text(&parameter["name"]),
                shape: shape(&parameter["schema"]),
                required: parameter["required"] == true,
                description: text(&parameter["description"]),
            })
            .collect(),
        body: members(&operation["requestBody"]["content"]).next().map(|(_, content)| shape(&content["schema"])),
        answers: members(&operation["responses"])
            .map(|(status, answer)| (status, meant(document, answer)))
            .map(|(status, answer)| Answer {
                status: status.clone(),
                description: text(&answer["description"]),
                shape: members(&answer["content"])
                    .next()
                    .map(|(_, content)| shape(&content["schema"]))
                    .filter(|shape| !shape.text.is_empty()),
            })
            .collect(),
    }
}

/// What a reference into the document's components names, or the value itself where it is none.
fn meant<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let named = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    named.and_then(|place| document.pointer(place)).unwrap_or(value)
}

/// The first part of the address after `/api`, or the tag where the operation has one of its own.
fn group_of(path: &str, operation: &Value) -> String {
    let tag = list(&operation["tags"]).next().and_then(Value::as_str).filter(|tag| !tag.contains("::"));
    let part = || path.trim_start_matches("/api").split('/').find(|part| !part.is_empty()).unwrap_or("root");
    tag.unwrap_or_else(part).replace('_', "-")
}

fn who(security: &Value) -> Vec<String> {
    let mut who = Vec::new();
    for way in list(security) {
        let mut any = false;
        for (name, scopes) in members(way) {
            any = true;
            match name.as_str() {
                "session" => who.push("a signed-in person".to_owned()),
                _ if list(scopes).next().is_some() => {
                    who.extend(list(scopes).filter_map(Value::as_str).map(|scope| format!("a key with {scope}")));
                }
                _ => who.push("any API key".to_owned()),
            }
        }
        if !any {
            who.push("anybody".to_owned());
        }
    }
    if who.is_empty() {
        who.push("anybody".to_owned());
    }
    who
}

fn schema(name: &str, schema: &Value) -> Schema {
    let required: Vec<&str> = list(&schema["required"]).filter_map(Value::as_str).collect();
    let fields: Vec<Field> = members(&schema["properties"])
        .map(|(name, field)| Field {
            name: name.clone(),
            shape: shape(field),
            required: required.contains(&name.as_str()),
            description: text(&field["description"]),
        })
        .collect();
    let description = text(&schema["description"]);
    // The meanings of words stand below the description, a line each: "- `word`: meaning".
    let (description, meanings) = description.split_once("\n\n- `").unwrap_or((&description, ""));
    let means = |word: &str| {
        let line =
            meanings.lines().find_map(|line| line.trim_start_matches("- `").strip_prefix(word)?.strip_prefix("`: "));
        line.unwrap_or_default().to_owned()
    };
    let words: Vec<(String, String)> = list(&schema["enum"])
        .chain(list(&schema["oneOf"]).flat_map(|one| list(&one["enum"])))
        .filter_map(Value::as_str)
        .map(|word| (word.to_owned(), means(word)))
        .collect();
    let plain = fields.is_empty() && words.is_empty();
    Schema {
        name: name.to_owned(),
        description: description.to_owned(),
        shape: plain.then(|| shape(schema)).filter(|shape| !shape.text.is_empty()),
        fields,
        words,
    }
}

fn shape(schema: &Value) -> Shape {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return Shape { text: name.to_owned(), schema: Some(name.to_owned()) };
    }
    if let Some(one) = ["oneOf", "anyOf", "allOf"].iter().find_map(|key| schema.get(key)) {
        let shapes: Vec<Shape> = list(one).map(shape).filter(|shape| !shape.text.is_empty()).collect();
        return Shape {
            text: shapes.iter().map(|shape| shape.text.as_str()).collect::<Vec<_>>().join(" or "),
            schema: shapes.into_iter().find_map(|shape| shape.schema),
        };
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if kinds.contains(&"array") {
        let item = shape(&schema["items"]);
        return Shape { text: format!("list of {}", item.text), schema: item.schema };
    }
    let format = schema["format"].as_str().map(|format| format!(" ({format})")).unwrap_or_default();
    Shape { text: format!("{}{format}", kinds.join(" or ")), schema: None }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reference() -> Reference {
        Reference::of(&json!({
            "info": {"title": "CaseyOS", "description": "The API."},
            "paths": {
                "/api/command-queue/{id}": {"get": {
                    "summary": "Read a move",
                    "security": [{"key": ["queue:read"]}, {"session": []}],
                    "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string", "format": "uuid"}}],
                    "responses": {
                        "200": {"description": "It", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Move"}}}},
                        "404": {"$ref": "#/components/responses/Missing"}
                    }
                }},
                "/healthz": {"get": {"security": [{}], "responses": {}}}
            },
            "components": {"schemas": {
                "Move": {"type": "object", "required": ["id"], "properties": {
                    "id": {"type": "string"},
                    "factors": {"type": "array", "items": {"$ref": "#/components/schemas/Factor"}},
                    "due_at": {"type": ["string", "null"], "format": "date-time"}
                }},
                "Role": {"type": "string", "enum": ["viewer", "member"], "description": "What one may do.\n\n- `viewer`: Reads.\n- `member`: Also writes."}
            }, "responses": {"Missing": {"description": "Nothing is there."}}}
        }))
    }

    #[test]
    fn operations_are_grouped_by_what_they_are_about() {
        let names: Vec<_> = reference().groups.into_iter().map(|group| group.name).collect();
        assert_eq!(names, ["command-queue", "healthz"]);
    }

    #[test]
    fn an_operation_says_who_may_call_it_and_what_it_answers() {
        let reference = reference();
        let operation = &reference.groups[0].operations[0];
        assert_eq!(operation.who, ["a key with queue:read", "a signed-in person"]);
        assert_eq!(operation.answers[0].shape.as_ref().and_then(|shape| shape.schema.as_deref()), Some("Move"));
        assert_eq!(operation.answers[1].description, "Nothing is there.");
        assert_eq!(operation.parameters[0].shape.text, "string (uuid)");
        assert_eq!(reference.groups[1].operations[0].who, ["anybody"]);
    }

    #[test]
    fn schemas_tell_fields_lists_and_words() {
        let schemas = reference().schemas;
        let texts: Vec<_> = schemas[0].fields.iter().map(|field| (field.shape.text.as_str(), field.required)).collect();
        assert!(texts.contains(&("list of Factor", false)) && texts.contains(&("string or null (date-time)", false)));
        assert_eq!(schemas[1].description, "What one may do.");
        let words: Vec<_> = schemas[1].words.iter().map(|(word, means)| (word.as_str(), means.as_str())).collect();
        assert_eq!(words, [("viewer", "Reads."), ("member", "Also writes.")]);
    }
}
