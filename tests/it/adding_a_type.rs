//! Follows `docs/ADDING-A-CONTENT-TYPE.md`: its code is compiled here, word for word, and what the
//! page says follows by itself does follow.

mod equipment;
mod m0002_equipment;

use std::collections::HashMap;

use recto::content::table::{self, Names};
use recto::content::{Id, document, schema, validate};
use recto::editing::{Edit, User, save};
use sea_orm_migration::{MigrationTrait as _, SchemaManager};

use crate::support::build;
use crate::support::{TestDesk, backends};
use equipment::EQUIPMENT;

#[test]
fn the_page_shows_the_code_that_is_compiled_here() {
    let page = include_str!("../../docs/ADDING-A-CONTENT-TYPE.md");
    let own = include_str!("adding_a_type/equipment.rs").replace("use recto::content", "use super::super");
    for code in [own.as_str(), include_str!("adding_a_type/m0002_equipment.rs")] {
        assert!(page.contains(&format!("```rust\n{code}```")), "the page does not show:\n{code}");
    }
}

/// Calls everything by its id.
struct ById(HashMap<String, Id>);

impl Names for ById {
    fn name(&self, id: Id) -> String {
        id.to_string()
    }

    fn find(&self, _: &str, _: Option<&str>, text: &str) -> Option<Id> {
        self.0.get(text).copied()
    }
}

#[tokio::test]
async fn what_follows_from_a_declaration_follows() {
    for backend in backends() {
        let desk = TestDesk::new(&backend).await;
        let url = desk.url.replacen("sqlite:", "sqlite://", 1);
        let db = sea_orm::Database::connect(url).await.unwrap();
        m0002_equipment::Migration.up(&SchemaManager::new(&db)).await.unwrap();
        db.close().await.unwrap();

        let write = desk.store.write().await.unwrap();
        let columns = write.columns(&EQUIPMENT).await.unwrap();
        assert_eq!(
            columns,
            [vec!["id", "name", "condition", "owner"], vec!["owner_id", "place", "target_id"]]
        );
        drop(write);

        let theme = build::theme(&desk, 3, "Leadership").draft(&desk).await;
        let project = build::project(&desk, &theme, "3.07", "Learning").draft(&desk).await;
        let empty = build::item(&desk, &EQUIPMENT).item;
        assert!(validate::draft(&empty).is_empty());
        let missing = validate::publication(&empty);
        assert!(missing.at("name").is_some() && missing.at("condition").is_some());

        let item = build::item(&desk, &EQUIPMENT)
            .text("name", "Courtroom in virtual reality")
            .text("condition", "In use")
            .links("projects", &[&project])
            .item;
        let saved = save(&desk, &User::system(), &[Edit::new(item)]).await.unwrap().remove(0);
        assert_eq!(saved.item.slug, "courtroom-in-virtual-reality");
        let read = desk.store.items(&EQUIPMENT, &[saved.item.id]).await.unwrap();
        assert_eq!(read, std::slice::from_ref(&saved));

        let public = {
            let now = desk.clock.now();
            document::public(&saved.item, now, now, now.date_naive())
        };
        assert_eq!(public["condition_label"], "In use");
        assert_eq!(document::keys(&EQUIPMENT, &public)["condition"], "in_use");
        assert_eq!(document::links(&EQUIPMENT, &public)[0].to, project.item.id);
        assert!(schema::item(&EQUIPMENT)["properties"]["projects"].is_object());

        let names = ById([(project.item.id.to_string(), project.item.id)].into());
        let mut again = build::item(&desk, &EQUIPMENT).item;
        again.id = saved.item.id;
        for (name, cell) in table::header(&EQUIPMENT).iter().zip(table::write(&saved.item, &names)).skip(1) {
            table::read(&mut again, name, &cell, &names).unwrap();
        }
        assert_eq!(again, saved.item);
    }
}
