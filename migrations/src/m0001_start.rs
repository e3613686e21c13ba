//! The first schema: items with their typed tables, revisions, publications, accounts, audit.

use sea_orm_migration::prelude::*;

use Column::{Bool, Date, Int, Ref, Text, Time, UniqueInt, UniqueText};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What a column of a content table holds.
#[derive(Clone, Copy)]
enum Column {
    Text,
    UniqueText,
    Int,
    UniqueInt,
    Bool,
    Date,
    /// Wall-clock time without zone.
    Time,
    /// The id of an item in this table.
    Ref(&'static str),
}

type Columns = &'static [(&'static str, Column)];

/// The content tables, each after those it links to.
const CONTENT: &[(&str, Columns)] = &[
    (
        "site",
        &[
            ("name", Text),
            ("address", Text),
            ("time_zone", Text),
            ("contact_email", Text),
            ("path_theme", Text),
            ("path_project", Text),
            ("path_output", Text),
            ("path_person", Text),
            ("path_organisation", Text),
            ("path_news", Text),
            ("path_event", Text),
        ],
    ),
    (
        "term",
        &[
            ("vocabulary", Text),
            ("label", Text),
            ("position", Int),
            ("csl_type", Text),
            ("schema_type", Text),
            ("coar_type", Text),
        ],
    ),
    (
        "media",
        &[
            ("title", Text),
            ("file", Text),
            ("alternative_text", Text),
            ("decorative", Bool),
            ("caption", Text),
            ("credit", Text),
            ("licence", Text),
            ("focal_x", Int),
            ("focal_y", Int),
        ],
    ),
    ("theme", &[("number", UniqueInt), ("title", Text), ("summary", Text), ("body", Text)]),
    (
        "organisation",
        &[
            ("name", Text),
            ("short_name", Text),
            ("kind", Ref("term")),
            ("web", Text),
            ("ror", UniqueText),
            ("country", Text),
            ("logo", Ref("media")),
        ],
    ),
    (
        "person",
        &[
            ("honorific", Text),
            ("given_names", Text),
            ("family_name", Text),
            ("post_nominals", Text),
            ("display_name", Text),
            ("citation_name", Text),
            ("job_title", Text),
            ("organisation", Ref("organisation")),
            ("standing", Text),
            ("orcid", UniqueText),
            ("web", Text),
            ("email", Text),
            ("email_public", Bool),
            ("biography", Text),
            ("photo", Ref("media")),
        ],
    ),
    (
        "project",
        &[
            ("code", UniqueText),
            ("title", Text),
            ("theme", Ref("theme")),
            ("status", Text),
            ("summary", Text),
            ("body", Text),
            ("start", Date),
            ("end", Date),
            ("contact_email", Text),
            ("image", Ref("media")),
        ],
    ),
    (
        "output",
        &[
            ("title", Text),
            ("type", Ref("term")),
            ("year", Int),
            ("availability", Text),
            ("embargo_until", Date),
            ("note", Text),
            ("link", Text),
            ("doi", UniqueText),
            ("file", Ref("media")),
            ("licence", Text),
            ("abstract", Text),
            ("container", Text),
            ("publisher", Text),
            ("volume", Text),
            ("issue", Text),
            ("pages", Text),
            ("isbn", Text),
            ("issn", Text),
        ],
    ),
    ("news", &[("title", Text), ("summary", Text), ("body", Text), ("date", Date), ("image", Ref("media"))]),
    (
        "event",
        &[
            ("title", Text),
            ("summary", Text),
            ("body", Text),
            ("start", Time),
            ("end", Time),
            ("time_zone", Text),
            ("all_day", Bool),
            ("state", Text),
            ("venue", Text),
            ("address", Text),
            ("online_link", Text),
            ("registration_link", Text),
        ],
    ),
    (
        "page",
        &[
            ("title", Text),
            ("parent", Ref("page")),
            ("summary", Text),
            ("body", Text),
            ("in_navigation", Bool),
            ("position", Int),
        ],
    ),
];

/// Ordered rows within an item: owner's table, field, target's table, columns of their own.
const ROWS: &[(&str, &str, &str, Columns)] = &[
    ("project", "team", "person", &[("role", Text)]),
    ("project", "partners", "organisation", &[("role", Text)]),
    ("output", "authors", "person", &[("name", Text), ("lead", Bool)]),
    ("output", "projects", "project", &[("position", Int)]),
    ("news", "authors", "person", &[]),
    ("news", "projects", "project", &[]),
    ("news", "people", "person", &[]),
    ("event", "projects", "project", &[]),
];

fn column(name: &str, kind: Column) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    match kind {
        Text | Ref(_) => column.text(),
        UniqueText => column.text().unique_key(),
        Int => column.big_integer(),
        UniqueInt => column.big_integer().unique_key(),
        Bool => column.boolean().not_null().default(false),
        Date => column.date(),
        Time => column.date_time(),
    };
    column
}

fn text(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.text().not_null();
    column
}

fn moment(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.timestamp_with_time_zone();
    column
}

fn foreign(table: &str, column: &str, to: &str, on_delete: ForeignKeyAction) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{table}_{column}_fkey"))
        .from(Alias::new(table), Alias::new(column))
        .to(Alias::new(to), Alias::new("id"))
        .on_delete(on_delete)
        .to_owned()
}

fn table(name: &str) -> TableCreateStatement {
    Table::create().table(Alias::new(name)).to_owned()
}

async fn index(
    manager: &SchemaManager<'_>,
    table: &str,
    columns: &[&str],
    unique: bool,
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(format!("{table}_{}_index", columns.join("_"))).table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    if unique {
        index.unique();
    }
    manager.create_index(index.to_owned()).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// SQLite's schema changes are transactional too; the default wraps PostgreSQL's alone.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        accounts(manager).await?;
        items(manager).await?;
        content(manager).await?;
        let mut assignment = table("assignment");
        assignment
            .col(text("account_id"))
            .col(text("project_id"))
            .primary_key(Index::create().col(Alias::new("account_id")).col(Alias::new("project_id")))
            .foreign_key(&mut foreign("assignment", "account_id", "account", ForeignKeyAction::Cascade))
            .foreign_key(&mut foreign("assignment", "project_id", "project", ForeignKeyAction::Cascade));
        manager.create_table(assignment).await
    }
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut account = table("account");
    account
        .col(text("id").primary_key())
        .col(text("email").unique_key())
        .col(text("name"))
        .col(text("role"))
        .col(column("password_hash", Text))
        .col(column("epoch", Int).not_null())
        .col(column("suspended", Bool))
        .col(moment("created_at").not_null())
        .col(moment("signed_in_at"));
    manager.create_table(account).await?;

    let mut link = table("one_time_link");
    link.col(text("token_hash").primary_key())
        .col(column("account_id", Text))
        .col(moment("expires_at").not_null())
        .foreign_key(&mut foreign("one_time_link", "account_id", "account", ForeignKeyAction::Cascade));
    manager.create_table(link).await?;

    let mut session = table("session");
    session
        .col(text("id_hash").primary_key())
        .col(column("account_id", Text))
        .col(text("data"))
        .col(moment("expires_at").not_null());
    manager.create_table(session).await?;
    index(manager, "session", &["account_id"], false).await?;
    index(manager, "session", &["expires_at"], false).await?;

    let mut audit = table("audit");
    audit
        .col(column("seq", Int).not_null().auto_increment().primary_key())
        .col(moment("at").not_null())
        .col(column("account_id", Text))
        .col(text("verb"))
        .col(column("item_id", Text))
        .col(text("detail"));
    manager.create_table(audit).await?;
    index(manager, "audit", &["item_id", "seq"], false).await
}

async fn items(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut item = table("item");
    item.col(text("id").primary_key())
        .col(text("type"))
        .col(text("slug"))
        .col(column("version", Int).not_null())
        .col(moment("created_at").not_null())
        .col(column("created_by", Text))
        .col(moment("updated_at").not_null())
        .col(column("updated_by", Text))
        .col(moment("trashed_at"))
        .col(column("published_version", Int))
        .col(moment("first_published_at"))
        .col(moment("published_at"))
        .col(column("change", Int).not_null());
    manager.create_table(item).await?;
    index(manager, "item", &["type", "slug"], true).await?;
    index(manager, "item", &["change"], true).await?;

    let mut revision = table("revision");
    revision
        .col(text("item_id"))
        .col(column("version", Int).not_null())
        .col(text("snapshot"))
        .col(moment("saved_at").not_null())
        .col(column("saved_by", Text))
        .primary_key(Index::create().col(Alias::new("item_id")).col(Alias::new("version")))
        .foreign_key(&mut foreign("revision", "item_id", "item", ForeignKeyAction::Cascade));
    manager.create_table(revision).await?;

    let mut publication = table("publication");
    publication
        .col(text("item_id").primary_key())
        .col(text("type"))
        .col(column("sequence", Int).not_null())
        .col(column("document", Text))
        .col(text("slugs"))
        .col(moment("at").not_null())
        .foreign_key(&mut foreign("publication", "item_id", "item", ForeignKeyAction::Restrict));
    manager.create_table(publication).await?;
    index(manager, "publication", &["sequence"], true).await
}

async fn content(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (name, columns) in CONTENT {
        let mut content = table(name);
        content.col(text("id").primary_key());
        content.foreign_key(&mut foreign(name, "id", "item", ForeignKeyAction::Cascade));
        for (field, kind) in *columns {
            content.col(column(field, *kind));
            if let Ref(to) = kind {
                content.foreign_key(&mut foreign(name, field, to, ForeignKeyAction::Restrict));
            }
        }
        manager.create_table(content).await?;
        for (field, kind) in *columns {
            if matches!(kind, Ref(_)) {
                index(manager, name, &[field], false).await?;
            }
        }
    }
    for (owner, field, target, columns) in ROWS {
        let name = format!("{owner}_{field}");
        let mut rows = table(&name);
        rows.col(text("owner_id"))
            .col(column("place", Int).not_null())
            .col(column("target_id", Text))
            .primary_key(Index::create().col(Alias::new("owner_id")).col(Alias::new("place")))
            .foreign_key(&mut foreign(&name, "owner_id", owner, ForeignKeyAction::Cascade))
            .foreign_key(&mut foreign(&name, "target_id", target, ForeignKeyAction::Restrict));
        for (field, kind) in *columns {
            rows.col(column(field, *kind));
        }
        manager.create_table(rows).await?;
        index(manager, &name, &["target_id"], false).await?;
    }
    Ok(())
}
