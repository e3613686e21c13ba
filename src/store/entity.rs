//! The fixed tables as sea-orm entities. The content tables have none: `working` reads and writes
//! them from the declarations.

#![expect(clippy::disallowed_methods, reason = "sea-orm generates nested saves; nobody calls them")]

pub(super) mod item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub r#type: String,
        pub slug: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub created_by: Option<String>,
        pub updated_at: DateTimeUtc,
        pub updated_by: Option<String>,
        pub trashed_at: Option<DateTimeUtc>,
        pub published_version: Option<i64>,
        pub first_published_at: Option<DateTimeUtc>,
        pub published_at: Option<DateTimeUtc>,
        pub change: i64,
        pub deleted_at: Option<DateTimeUtc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod revision {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "revision")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i64,
        /// The text as an earlier release kept it; empty where it is packed.
        pub snapshot: String,
        pub saved_at: DateTimeUtc,
        pub saved_by: Option<String>,
        pub packed: Option<Vec<u8>>,
        pub keyframe: Option<i64>,
        pub digest: Option<Vec<u8>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod publication {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "publication")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: String,
        pub r#type: String,
        pub sequence: i64,
        pub document: Option<String>,
        pub slugs: String,
        pub successor: Option<String>,
        pub at: DateTimeUtc,
        pub gone: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod publication_log {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "publication_log")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i64,
        pub nonce: String,
        pub batch: String,
        pub item_id: String,
        pub version: Option<i64>,
        pub slug: String,
        pub successor: Option<String>,
        pub reason: String,
        pub at: DateTimeUtc,
        pub account_id: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod identity {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "identity")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod change_log {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "change_log")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub change: i64,
        pub nonce: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod media_ground {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "media_ground")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub media_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub ground_id: String,
        pub version: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod due {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "due")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub kind: String,
        pub key: String,
        pub at: DateTimeUtc,
        pub payload: String,
        pub attempts: i64,
        pub last_error: Option<String>,
        pub claimed_until: Option<DateTimeUtc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod account {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub email: String,
        pub name: String,
        pub role: String,
        pub password_hash: Option<String>,
        pub epoch: i64,
        pub suspended: bool,
        pub created_at: DateTimeUtc,
        pub signed_in_at: Option<DateTimeUtc>,
    }

    // Not derived: a password's hash is in no log.
    impl std::fmt::Debug for Model {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "account {}", self.id)
        }
    }

    impl std::fmt::Debug for ModelEx {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "account {}", self.id)
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod one_time_link {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "one_time_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub token_hash: String,
        pub account_id: Option<String>,
        pub expires_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod session {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id_hash: String,
        pub account_id: Option<String>,
        pub data: String,
        pub expires_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod audit {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "audit")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub seq: i64,
        pub at: DateTimeUtc,
        pub account_id: Option<String>,
        pub verb: String,
        pub item_id: Option<String>,
        pub detail: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod upload {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "upload")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub name: String,
        pub media_type: String,
        pub size: i64,
        pub width: Option<i64>,
        pub height: Option<i64>,
        pub widths: String,
        pub uploaded_at: DateTimeUtc,
        pub uploaded_by: Option<String>,
        pub used: bool,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod assignment {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "assignment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub project_id: String,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod deed {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "deed")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub batch_id: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: String,
        pub r#type: String,
        pub verb: String,
        pub before: Option<i64>,
        pub after: i64,
        pub public: Option<i64>,
        pub account_id: Option<String>,
        pub at: DateTimeUtc,
        pub grounds: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod outsider {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "outsider")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub said: String,
        pub account_id: Option<String>,
        pub at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod view {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "view")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub r#type: String,
        pub account_id: String,
        pub name: String,
        pub query: String,
        pub shared: bool,
        pub at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
