//! Columns and tables as steps of the schema name them. It must not say what a step does.

use sea_orm_migration::prelude::*;

pub(crate) fn column(name: &str) -> ColumnDef {
    ColumnDef::new(Alias::new(name))
}

/// Adds columns to tables, one in each statement: SQLite takes no more.
pub(crate) async fn add(
    manager: &SchemaManager<'_>,
    columns: impl IntoIterator<Item = (&str, ColumnDef)>,
) -> Result<(), DbErr> {
    for (table, mut column) in columns {
        let alter = Table::alter().table(Alias::new(table)).add_column(&mut column).to_owned();
        manager.alter_table(alter).await?;
    }
    Ok(())
}
