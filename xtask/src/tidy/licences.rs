//! Every crate that is built in has a licence that deny.toml allows and comes from a registry.

use anyhow::{Context, Result};
use serde_json::Value;

use super::tree::Finding;

pub(super) fn check(metadata: &Value, deny: &str) -> Result<Vec<Finding>> {
    let allowed = allowed(deny).context(
        "there is no deny.toml with a list `allow = [` under [licenses]: it says which licences may be used",
    )?;
    let mut findings = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = format!("{} {}", text(package, "name"), text(package, "version"));
        let mut report = |what: String| findings.push(Finding { path: name.clone(), line: 0, what });
        match package["license"].as_str() {
            None => report("names no licence".to_owned()),
            Some(licence) if !covered(licence, &allowed) => {
                report(format!("its licence `{licence}` is not allowed by deny.toml"));
            }
            Some(_) => {}
        }
        // A crate of the workspace has no source.
        if package["source"].as_str().is_some_and(|source| !source.contains("registry+")) {
            report(format!("comes from {}, which is no registry", text(package, "source")));
        }
    }
    Ok(findings)
}

fn text<'a>(package: &'a Value, key: &str) -> &'a str {
    package[key].as_str().unwrap_or("?")
}

/// The licences in the list `allow` of the table `[licenses]`.
fn allowed(deny: &str) -> Option<Vec<&str>> {
    let lines = deny.lines().map(str::trim).skip_while(|line| *line != "[licenses]").skip(1);
    let list = lines
        .take_while(|line| !line.starts_with('['))
        .skip_while(|line| *line != "allow = [")
        .skip(1)
        .take_while(|line| *line != "]");
    let names: Vec<&str> = list.filter_map(|line| line.strip_prefix('"')?.split('"').next()).collect();
    (!names.is_empty()).then_some(names)
}

/// Whether the allowed licences satisfy an SPDX expression (`/` is how old crates write OR).
fn covered(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { tokens: &tokens, at: 0, allowed };
    parser.any() && parser.at == tokens.len()
}

struct Parser<'a> {
    tokens: &'a [&'a str],
    at: usize,
    allowed: &'a [&'a str],
}

impl Parser<'_> {
    fn take(&mut self, token: &str) -> bool {
        let here = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(here);
        here
    }

    /// `a OR b`.
    fn any(&mut self) -> bool {
        let mut good = self.all();
        while self.take("OR") {
            good |= self.all();
        }
        good
    }

    /// `a AND b`, which binds stronger.
    fn all(&mut self) -> bool {
        let mut good = self.one();
        while self.take("AND") {
            good &= self.one();
        }
        good
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let good = self.any();
            return self.take(")") && good;
        }
        let Some(name) = self.tokens.get(self.at) else {
            // Past the end, so that the whole is not taken for read.
            self.at = self.tokens.len() + 1;
            return false;
        };
        self.at += 1;
        if !self.take("WITH") {
            return self.allowed.contains(name);
        }
        let Some(exception) = self.tokens.get(self.at) else {
            return false;
        };
        self.at += 1;
        self.allowed.contains(&format!("{name} WITH {exception}").as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const DENY: &str = "[bans]\nallow = [\n \"wrong\",\n]\n[licenses]\n# why\nallow = [\n  \"MIT\", # why\n  \"Unicode-3.0\",\n  \"Apache-2.0 WITH LLVM-exception\",\n]\n";

    #[test]
    fn an_expression_is_read_as_spdx_says() {
        let allowed = allowed(DENY).unwrap();
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(GPL-3.0 OR MIT) AND Unicode-3.0",
            "GPL-3.0 AND BSL-1.0 OR MIT",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert!(covered(good, &allowed), "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "(MIT", "MIT Unicode-3.0", "", "wrong", "MIT OR"] {
            assert!(!covered(bad, &allowed), "{bad}");
        }
    }

    #[test]
    fn a_crate_with_a_foreign_licence_or_source_is_found() {
        let metadata = json!({ "packages": [
            { "name": "a", "version": "1.0.0", "license": "MIT", "source": "registry+https://example.com" },
            { "name": "b", "version": "1.0.0", "license": "GPL-3.0", "source": "registry+https://example.com" },
            { "name": "c", "version": "1.0.0", "license": null, "source": "git+https://example.com" },
            { "name": "ours", "version": "0.0.0", "license": "MIT", "source": null },
        ] });
        let found: Vec<String> = check(&metadata, DENY).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("b 1.0.0") && found[0].contains("GPL-3.0"));
        assert!(check(&metadata, "[licenses]\n").is_err());
    }
}
