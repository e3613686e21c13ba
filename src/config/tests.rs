//! Tests of the settings: layers, messages, and the example file.

use super::*;

/// Settings from a file's text, variables and flags.
fn load(file: &str, variables: &[(&str, &str)], flags: &[(&'static str, &str)]) -> Result<Config> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("recto.toml");
    std::fs::write(&path, file).unwrap();
    Config::load(&Layers {
        file: Some(path),
        environment: variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        flags: flags.iter().map(|(name, text)| (*name, (*text).to_owned())).collect(),
    })
}

fn complaint(file: &str, variables: &[(&str, &str)], flags: &[(&'static str, &str)]) -> String {
    load(file, variables, flags).unwrap_err().to_string()
}

#[test]
fn the_later_layer_wins() {
    let listen = |config: Config| config.listen.0.port();
    let file = "listen = \"127.0.0.1:1\"";
    let variable = [("RECTO_LISTEN", "127.0.0.1:2")];
    assert_eq!(listen(load("", &[], &[]).unwrap()), 8440);
    assert_eq!(listen(load(file, &[], &[]).unwrap()), 1);
    assert_eq!(listen(load(file, &variable, &[]).unwrap()), 2);
    assert_eq!(listen(load(file, &variable, &[("listen", "localhost:3")]).unwrap()), 3);
}

#[test]
fn blank_counts_as_not_set() {
    let config =
        load("site_name = \"Ours\"\npublic_listen = \"\"", &[("RECTO_SITE_NAME", " ")], &[("listen", "")])
            .unwrap();
    assert_eq!(config.site_name, "Ours");
    assert!(config.public_listen.is_none());
    assert_eq!(config.listen.0.port(), 8440);
}

#[test]
fn text_stays_text_and_flags_are_lenient() {
    let config = load("", &[("RECTO_SITE_NAME", "0123"), ("RECTO_TLS", "Yes")], &[]).unwrap();
    assert_eq!(config.site_name, "0123");
    assert!(config.tls.0);
    assert!(load("tls = true", &[], &[]).unwrap().tls.0);
    assert_eq!(load("rate_limit = 0", &[], &[]).unwrap().rate_limit.0, 0);
    assert_eq!(load("rate_limit = \"60\"", &[], &[]).unwrap().rate_limit.0, 60);
    assert!(!load("tls = true", &[("RECTO_TLS", "0")], &[]).unwrap().tls.0);
}

#[test]
fn the_file_in_the_data_directory_is_found() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("recto.toml"), "site_name = \"Found\"").unwrap();
    let flags = vec![("data_dir", dir.path().display().to_string())];
    let config = Config::load(&Layers { flags, ..Layers::default() }).unwrap();
    assert_eq!(config.site_name, "Found");
    assert_eq!(config.database_address().file().unwrap(), dir.path().join("recto.db"));
}

#[test]
fn a_file_that_was_named_must_exist() {
    let file = Some("/nowhere/recto.toml".into());
    let error = Config::load(&Layers { file, ..Layers::default() }).unwrap_err().to_string();
    assert!(error.contains("/nowhere/recto.toml cannot be read"), "{error}");
}

#[test]
fn what_is_no_setting_is_refused_where_it_stands() {
    let said = complaint("lisen = \"x\"", &[], &[]);
    assert!(
        said.contains("‘lisen’ in ") && said.contains("recto.toml is no setting") && said.contains("listen"),
        "{said}"
    );
    let said = complaint("", &[("RECTO_LISEN", "x")], &[]);
    assert!(said.contains("the variable RECTO_LISEN is no setting"), "{said}");
    let said = complaint("[smtp]\nhost = \"x\"", &[], &[]);
    assert!(said.contains("‘smtp’"), "{said}");
    let said = complaint("", &[("RECTO_SMTP__HOST", "x")], &[]);
    assert!(said.contains("‘smtp’") || said.contains("RECTO_SMTP__HOST"), "{said}");
}

#[test]
fn variables_that_are_no_settings_are_passed_over() {
    let variables = [
        ("RECTO_PORT", "tcp://10.0.0.1:8440"),
        ("RECTO_PORT_8440_TCP_ADDR", "10.0.0.1"),
        ("RECTO_SERVICE_HOST", "10.0.0.1"),
        ("RECTO_TEST_POSTGRES", "postgres://x"),
        ("RECTO_CONFIG", "x"),
        ("RECTO_ADMIN_DIST", "x"),
        ("RECTO_ADMIN_DIST_DIR", "x"),
        ("RECTOR_LISTEN", "x"),
        ("PATH", "x"),
    ];
    load("", &variables, &[]).unwrap();
}

#[test]
fn what_cannot_be_used_is_named_with_its_place_and_mend() {
    for (name, value, mend) in [
        ("listen", "8440", "127.0.0.1:8440"),
        ("public_address", "https://example.org/api", "scheme and host"),
        ("admin_address", "example.org", "scheme and host"),
        ("tls", "maybe", "true or false"),
        ("client_address_header", "x forwarded", "x-forwarded-for"),
        ("rate_limit", "-1", "whole number"),
        ("rate_burst", "0", "from 1 on"),
        ("connections", "many", "from 1 on"),
        ("idle_timeout", "0", "1 to 86400"),
        ("request_timeout", "1.5", "1 to 86400"),
        ("metrics_listen", "9440", "127.0.0.1:8440"),
        ("site_address", "ftp://example.org", "https://"),
        ("time_zone", "London", "Europe/London"),
        ("log", "loud", "error, warn, info"),
    ] {
        let variable = format!("RECTO_{}", name.to_uppercase());
        let said = complaint("", &[(&variable, value)], &[]);
        assert!(said.starts_with(&format!("{name} in the variable {variable} cannot be used.")), "{said}");
        assert!(said.contains(mend), "{said}");
        let said = complaint(&format!("{name} = \"{value}\""), &[], &[]);
        assert!(said.contains("recto.toml cannot be used.") && said.contains(mend), "{said}");
    }
    let said = complaint("listen = [1]", &[], &[]);
    assert!(said.starts_with("listen in ") && said.contains("string"), "{said}");
}

#[test]
fn an_unknown_kind_of_database_is_refused() {
    for bad in [
        "mysql://x",
        "recto.db",
        "sqlite",
        "sqlite:",
        "sqlite::memory:",
        "sqlite:recto.db?mode=rwc",
        "sqlite://",
        "postgres://",
        "postgres://host",
        "postgresql:///",
        "file:recto.db",
        "SQLITE:x",
    ] {
        let said = complaint("", &[("RECTO_DATABASE", bad)], &[]);
        assert!(said.starts_with("database in the variable RECTO_DATABASE cannot be used."), "{bad}: {said}");
    }
    for good in
        ["sqlite:recto.db", "sqlite:/var/lib/r.db", "sqlite://x.db", "postgres://u:p@h/d", "postgresql://h/d"]
    {
        load("", &[("RECTO_DATABASE", good)], &[]).unwrap();
    }
}

#[test]
fn a_password_is_shown_nowhere() {
    let secret = "postgres://recto:geheim@db.example.org/recto";
    let config = load(&format!("database = \"{secret}\""), &[], &[]).unwrap();
    let address = config.database_address();
    assert_eq!(address.expose(), secret);
    assert_eq!(address.to_string(), "PostgreSQL at db.example.org/recto");
    assert!(!format!("{config:?} {address}").contains("geheim"));
    // Quotes forgotten: the parser's own message would show the line.
    let said = complaint("tls = true\ndatabase = postgres://recto:geheim@db/recto", &[], &[]);
    assert!(!said.contains("geheim") && said.contains("line 2"), "{said}");
    let said = complaint("", &[("RECTO_DATABASE", "mysql://recto:geheim@db/recto")], &[]);
    assert!(!said.contains("geheim"), "{said}");
}

#[test]
fn addresses_for_links() {
    let config = load("listen = \"0.0.0.0:80\"", &[], &[]).unwrap();
    assert_eq!(
        (config.admin_base(), config.public_base()),
        ("http://localhost:80".into(), "http://localhost:80".into())
    );
    let config =
        load("public_listen = \"[::1]:81\"\nadmin_address = \"https://admin.example.org/\"", &[], &[])
            .unwrap();
    assert_eq!(
        (config.admin_base(), config.public_base()),
        ("https://admin.example.org".into(), "http://[::1]:81".into())
    );
}

#[test]
fn the_example_says_every_setting_and_its_default() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    if std::env::var_os("RECTO_UPDATE").is_some() {
        std::fs::write(&file, example()).unwrap();
    }
    let there = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        there == example(),
        "config.example.toml is out of date; run: RECTO_UPDATE=1 cargo test --lib config"
    );
    // With every line in force it is the same as without the file.
    let in_force: String = example()
        .lines()
        .map(|line| line.strip_prefix('#').filter(|line| !line.starts_with(' ')).unwrap_or(line))
        .map(|line| format!("{line}\n"))
        .collect();
    let (with, without) = (load(&in_force, &[], &[]).unwrap(), load("", &[], &[]).unwrap());
    assert_eq!(format!("{with:?}"), format!("{without:?}"));
    assert_eq!(in_force.lines().filter(|line| line.contains(" = ")).count(), SETTINGS.len());
}
