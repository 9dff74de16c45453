-- The least that the collector `mysql` needs, for MariaDB 10.5 and later, MySQL 5.7 and later.
-- Run it as an administrator, with a password of your own.
CREATE USER IF NOT EXISTS 'tocsin'@'localhost' IDENTIFIED BY 'change me' WITH MAX_USER_CONNECTIONS 3;
-- The threads of others, InnoDB's tables in information_schema, the state of replicas.
GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'tocsin'@'localhost';
/*M!100502 GRANT SLAVE MONITOR ON *.* TO 'tocsin'@'localhost' */;
-- For table_sizes and checks of your own, what they read:
-- GRANT SELECT ON shop.* TO 'tocsin'@'localhost';
