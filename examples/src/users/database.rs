//! Where the users stand, and how often each was visited.

use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyPool};

/// How many connections there are.
const CONNECTIONS: u32 = 2;
/// How long a query waits for one.
pub const PATIENCE: Duration = Duration::from_millis(300);

/// A table of users, in SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Database(AnyPool);

impl Database {
    /// Connects, and makes the table anew.
    ///
    /// # Errors
    ///
    /// Those of sqlx.
    pub async fn connect(url: &str) -> Result<Self, sqlx::Error> {
        install_default_drivers();
        let options = AnyPoolOptions::new().max_connections(CONNECTIONS);
        let database = Self(options.acquire_timeout(PATIENCE).connect(url).await?);
        database.clear().await?;
        let table = "CREATE TABLE surefoot_users
            (id BIGINT PRIMARY KEY, name TEXT NOT NULL, path TEXT NOT NULL, visits BIGINT NOT NULL)";
        sqlx::query(table).execute(&database.0).await?;
        Ok(database)
    }

    /// Adds users, each with the mood of its page.
    pub(super) async fn fill(
        &self,
        users: impl Iterator<Item = (i64, &str)>,
    ) -> Result<(), sqlx::Error> {
        let mut transaction = self.0.begin().await?;
        for (id, mood) in users {
            sqlx::query("INSERT INTO surefoot_users VALUES ($1, $2, $3, 0)")
                .bind(id)
                .bind(format!("user {id}"))
                .bind(format!("/{mood}/{id}"))
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await
    }

    /// Counts a visit to a user. Gives its name, and the path of its page.
    ///
    /// # Errors
    ///
    /// Those of sqlx; `RowNotFound` if there is no such user.
    pub async fn visit(&self, id: i64) -> Result<(String, String), sqlx::Error> {
        let visit = "UPDATE surefoot_users SET visits = visits + 1 WHERE id = $1
            RETURNING name, path";
        sqlx::query_as(visit).bind(id).fetch_one(&self.0).await
    }

    /// How many visits it has counted.
    pub(super) async fn visits(&self) -> Result<u64, sqlx::Error> {
        let sum = "SELECT CAST(SUM(visits) AS BIGINT) FROM surefoot_users";
        let (visits,): (i64,) = sqlx::query_as(sum).fetch_one(&self.0).await?;
        Ok(visits.unsigned_abs())
    }

    /// Takes all connections, so that there is none for anybody else.
    pub(super) async fn hold_all(&self) -> Result<Vec<PoolConnection<Any>>, sqlx::Error> {
        let mut held = Vec::new();
        for _ in 0..CONNECTIONS {
            held.push(self.0.acquire().await?);
        }
        Ok(held)
    }

    /// Removes the table.
    pub(super) async fn clear(&self) -> Result<(), sqlx::Error> {
        sqlx::query("DROP TABLE IF EXISTS surefoot_users").execute(&self.0).await?;
        Ok(())
    }
}
