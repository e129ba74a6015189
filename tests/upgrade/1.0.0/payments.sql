CREATE TABLE `charge` (
  `id` binary(16) NOT NULL,
  `version` bigint(20) NOT NULL CHECK (`version` >= 1),
  `order_id` binary(16) NOT NULL,
  `user_id` binary(16) NOT NULL,
  `amount` bigint(20) NOT NULL CHECK (`amount` between 1 and 10000000000000),
  `currency` char(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `status` varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL CHECK (`status` in ('created','failed','completed')),
  `failure_reason` varchar(300) DEFAULT NULL,
  `stripe_session_id` varchar(255) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `stripe_session_url` varchar(2000) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `stripe_intent_id` varchar(255) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `stripe_refund_id` varchar(255) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `created_at` datetime(6) NOT NULL,
  `settled_at` datetime(6) DEFAULT NULL,
  `refunded_at` datetime(6) DEFAULT NULL,
  `updated_at` datetime(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  PRIMARY KEY (`id`),
  UNIQUE KEY `one_charge_an_order` (`order_id`),
  KEY `charges_of_user` (`user_id`,`id`),
  CONSTRAINT `charge_of_order` FOREIGN KEY (`order_id`) REFERENCES `order_replica` (`id`),
  CONSTRAINT `known_to_the_bank` CHECK (`stripe_session_id` is not null or `stripe_intent_id` is not null),
  CONSTRAINT `session_has_a_page` CHECK (`stripe_session_id` is null = (`stripe_session_url` is null)),
  CONSTRAINT `failed_for_a_reason` CHECK (`status` = 'failed' = (`failure_reason` is not null)),
  CONSTRAINT `settled_at_a_time` CHECK (`status` = 'created' = (`settled_at` is null)),
  CONSTRAINT `refunded_was_completed` CHECK (`stripe_refund_id` is null or `status` = 'completed'),
  CONSTRAINT `completed_by_an_intent` CHECK (`status` <> 'completed' or `stripe_intent_id` is not null)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B8953237040BB278DD09772CCF5,2,0x01A22B8951D372CCA4CCF74E87F2A506,0x01A22B8931D9735FA6324012A68894C3,3800,'USD','completed',NULL,NULL,NULL,'pi_E2ARdCyUoG58IMApSCSIh0bC',NULL,'2026-11-30 08:19:09.738676','2026-11-30 08:19:09.761962',NULL,'2026-11-30 08:19:09.766285');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B895BCC707EACCBF8FC93598EC4,3,0x01A22B8956677504825F99C5BC073992,0x01A22B89353D7BC58252A132A290ECCD,3800,'USD','completed',NULL,NULL,NULL,'pi_wbN6LHf4h7RJTjxjCv69CXnG','re_WtJYbVQBUhBzZImzycKSDGMC','2026-11-30 08:19:11.952149','2026-11-30 08:19:11.960646','2026-11-30 08:19:12.590607','2026-11-30 08:19:12.590908');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B898631750D895EA41A7C2DCCD9,2,0x01A22B8976007434888569A44BFB5ABA,0x01A22B8942927F11B8FFF955E5D6884A,3800,'USD','completed',NULL,NULL,NULL,'pi_LAtC2Tdz2xfVAbHWPlJQeE6K',NULL,'2026-11-30 08:19:22.805963','2026-11-30 08:19:22.819675',NULL,'2026-11-30 08:19:22.819908');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B8989BB7B02914996859C072A6B,2,0x01A22B89791B7E6FBE5616F9993BB25F,0x01A22B8943D27F5D9D43B17E2AEDE24E,3800,'USD','completed',NULL,NULL,NULL,'pi_XUCpaFR7j78PjdUm1miDZ17y',NULL,'2026-11-30 08:19:23.713605','2026-11-30 08:19:23.725169',NULL,'2026-11-30 08:19:23.725363');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B898BA4713490B5EBA985C267A9,2,0x01A22B8982737BA08CEAC544F74D3969,0x01A22B893363719D939883C12A0294CA,3800,'USD','completed',NULL,NULL,NULL,'pi_g58sh72Pj4fB36jdudx9Hz5b',NULL,'2026-11-30 08:19:24.203283','2026-11-30 08:19:24.210498',NULL,'2026-11-30 08:19:24.210551');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B89A2797E8493495BB5DF2695B8,2,0x01A22B897CF374579FD22802886DDD9A,0x01A22B8945017DEFB6EF27C163854DBD,3800,'USD','completed',NULL,NULL,NULL,'pi_Z7EhPkvFjIXz9UfxUolpQ5Ks',NULL,'2026-11-30 08:19:30.046063','2026-11-30 08:19:30.069564',NULL,'2026-11-30 08:19:30.069667');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B89A490729E865E60113E8F08C5,1,0x01A22B89678A7BBB857EDB96A7601C60,0x01A22B8939EB7ED796BD947366EAEB00,3800,'USD','created',NULL,'cs_test_uqR2bFCVvH6scIu2IJAd2reY','http://@BANK@/pay/cs_test_uqR2bFCVvH6scIu2IJAd2reY',NULL,NULL,'2026-11-30 08:19:30.579552',NULL,NULL,'2026-11-30 08:19:30.579624');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B89A698734D99C2AF02C46A9A76,1,0x01A22B896AF27A6DBB64171BF1B8FA29,0x01A22B893B887A1486B5FA6DB38C4073,3800,'USD','created',NULL,'cs_test_7svNb1DEOd0Cr490fdIcXemP','http://@BANK@/pay/cs_test_7svNb1DEOd0Cr490fdIcXemP',NULL,NULL,'2026-11-30 08:19:31.103008',NULL,NULL,'2026-11-30 08:19:31.103101');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B89A883724B86093B506C5CE9B1,1,0x01A22B896E4579C088B9206C65684F9D,0x01A22B893D1E7BF085A32720AE9CF68D,3800,'USD','created',NULL,'cs_test_dFkCzXNpQtCc2ao2gEw8rBYr','http://@BANK@/pay/cs_test_dFkCzXNpQtCc2ao2gEw8rBYr',NULL,NULL,'2026-11-30 08:19:31.590270',NULL,NULL,'2026-11-30 08:19:31.590362');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B89ACC97A6C891BB1DDF006C643,1,0x01A22B8970277140941F7616A9773C85,0x01A22B893EC274FEA4D826374EC0D3D2,3800,'USD','created',NULL,NULL,NULL,'pi_GjghjELhP3lqikzp320pxCZO',NULL,'2026-11-30 08:19:32.690382',NULL,NULL,'2026-11-30 08:19:32.695108');
INSERT INTO `charge` (`id`, `version`, `order_id`, `user_id`, `amount`, `currency`, `status`, `failure_reason`, `stripe_session_id`, `stripe_session_url`, `stripe_intent_id`, `stripe_refund_id`, `created_at`, `settled_at`, `refunded_at`, `updated_at`) VALUES (0x01A22B89FFBC7EECA808D6B305D7D4E9,1,0x01A22B89736970179F48EB5C0D0CA1AB,0x01A22B89404F7646AAABADC6AC54DF9E,3800,'USD','created',NULL,NULL,NULL,'pi_GMZx8HMdggAn4TF3Q0VZZjSg',NULL,'2026-11-30 08:19:53.924286',NULL,NULL,'2026-11-30 08:19:53.924433');
CREATE TABLE `charge_task` (
  `charge_id` binary(16) NOT NULL,
  `order_id` binary(16) NOT NULL,
  `next_try_at` datetime(6) NOT NULL,
  `tries` bigint(20) NOT NULL,
  PRIMARY KEY (`charge_id`),
  UNIQUE KEY `task_of_order` (`order_id`),
  KEY `due` (`next_try_at`),
  CONSTRAINT `task_of_charge` FOREIGN KEY (`charge_id`) REFERENCES `charge` (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B898631750D895EA41A7C2DCCD9,0x01A22B8976007434888569A44BFB5ABA,'2026-11-30 08:19:23.184421',0);
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B8989BB7B02914996859C072A6B,0x01A22B89791B7E6FBE5616F9993BB25F,'2026-11-30 08:19:28.714057',0);
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B898BA4713490B5EBA985C267A9,0x01A22B8982737BA08CEAC544F74D3969,'2026-11-30 08:19:29.203821',0);
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B89A2797E8493495BB5DF2695B8,0x01A22B897CF374579FD22802886DDD9A,'2026-11-30 08:19:35.047136',0);
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B89A490729E865E60113E8F08C5,0x01A22B89678A7BBB857EDB96A7601C60,'2026-11-30 08:19:35.579844',0);
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B89A698734D99C2AF02C46A9A76,0x01A22B896AF27A6DBB64171BF1B8FA29,'2026-11-30 08:19:36.103301',0);
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B89A883724B86093B506C5CE9B1,0x01A22B896E4579C088B9206C65684F9D,'2026-11-30 08:19:36.590594',0);
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B89ACC97A6C891BB1DDF006C643,0x01A22B8970277140941F7616A9773C85,'2026-11-30 08:19:37.695475',0);
INSERT INTO `charge_task` (`charge_id`, `order_id`, `next_try_at`, `tries`) VALUES (0x01A22B89FFBC7EECA808D6B305D7D4E9,0x01A22B89736970179F48EB5C0D0CA1AB,'2026-11-30 08:19:58.925080',0);
CREATE TABLE `dead_letter` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `digest` char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `queue` varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `message_id` varchar(300) DEFAULT NULL,
  `type` varchar(300) DEFAULT NULL,
  `correlation_id` varchar(300) DEFAULT NULL,
  `reason` varchar(300) NOT NULL,
  `encoded` tinyint(1) NOT NULL,
  `body` mediumtext DEFAULT NULL,
  `parking` varchar(100) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `undecided` tinyint(1) NOT NULL DEFAULT 1,
  `times` bigint(20) NOT NULL DEFAULT 1,
  `parked_at` datetime(6) NOT NULL,
  `last_at` datetime(6) NOT NULL,
  `retried_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `dead_letter_digest` (`digest`),
  KEY `dead_letter_undecided` (`undecided`),
  KEY `dead_letter_retried` (`retried_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE `idempotency` (
  `user_id` binary(16) NOT NULL,
  `route` varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `idem_key` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `body_hash` char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `status` bigint(20) DEFAULT NULL,
  `location` varchar(2000) DEFAULT NULL,
  `content_type` varchar(100) DEFAULT NULL,
  `body` mediumtext DEFAULT NULL,
  `claimed_at` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`route`,`idem_key`),
  KEY `idempotency_age` (`claimed_at`),
  CONSTRAINT `idempotency_status` CHECK (`status` between 100 and 599)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE `order_replica` (
  `id` binary(16) NOT NULL,
  `version` bigint(20) NOT NULL CHECK (`version` >= 1),
  `status` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `user_id` binary(16) NOT NULL,
  `ticket_id` binary(16) NOT NULL,
  `ticket_revision` bigint(20) NOT NULL CHECK (`ticket_revision` >= 1),
  `seller_id` binary(16) NOT NULL,
  `title` varchar(120) NOT NULL,
  `category` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `venue` varchar(120) DEFAULT NULL,
  `starts_at` datetime(6) DEFAULT NULL,
  `time_zone` varchar(63) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `seat` varchar(80) DEFAULT NULL,
  `price` bigint(20) NOT NULL CHECK (`price` between 1 and 10000000000000),
  `currency` char(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `cancel_reason` varchar(40) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `expires_at` datetime(6) NOT NULL,
  `created_at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  `updated_at` datetime(6) NOT NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B7FFB987D7F8A3761ACC49939C8,2,'awaiting_payment',0x01A22B7FF9A178A2953214DD3408A47F,0x01A22B7FF7D9730FABF2258986D79E77,1,0x01A22B7FF65A7783A541573664EC9087,'overdue','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:23:57.494335','2026-11-30 08:18:57.549322','2026-11-30 08:18:57.580916');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B8951D372CCA4CCF74E87F2A506,3,'completed',0x01A22B8931D9735FA6324012A68894C3,0x01A22B8930AB78E58A3FA5E1B9FFBA2F,1,0x01A22B7FF65A7783A541573664EC9087,'sold','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:09.394439','2026-11-30 08:19:09.418392','2026-11-30 08:19:09.827179');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B8956677504825F99C5BC073992,3,'cancelled',0x01A22B89353D7BC58252A132A290ECCD,0x01A22B89340A773BAF685E8A0E656845,1,0x01A22B7FF65A7783A541573664EC9087,'refunded','concert',NULL,NULL,NULL,NULL,3800,'USD','buyer','2026-11-30 08:34:10.567162','2026-11-30 08:19:11.182163','2026-11-30 08:19:12.371304');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B89605F705484E3E11CB1BD8DD6,2,'awaiting_payment',0x01A22B8936807DBC904ED7D3B05EFE77,0x01A22B8935BB7167B76FA95A58F6EA38,1,0x01A22B7FF65A7783A541573664EC9087,'awaiting','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:13.118956','2026-11-30 08:19:13.143282','2026-11-30 08:19:13.164309');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B8963E774868125A6C1722CB6A2,2,'awaiting_payment',0x01A22B89381671C0B769ED6F6FCDF998,0x01A22B89373A76D0A72136CFFC971540,1,0x01A22B7FF65A7783A541573664EC9087,'left','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:14.022493','2026-11-30 08:19:14.033129','2026-11-30 08:19:14.073714');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B89678A7BBB857EDB96A7601C60,2,'awaiting_payment',0x01A22B8939EB7ED796BD947366EAEB00,0x01A22B8938F574FD82EF2BE39D16B6AB,1,0x01A22B7FF65A7783A541573664EC9087,'page','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:14.953444','2026-11-30 08:19:14.976903','2026-11-30 08:19:15.012019');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B896AF27A6DBB64171BF1B8FA29,2,'awaiting_payment',0x01A22B893B887A1486B5FA6DB38C4073,0x01A22B893A8170629566CCC566FED8A6,1,0x01A22B7FF65A7783A541573664EC9087,'page-left','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:15.825923','2026-11-30 08:19:15.842294','2026-11-30 08:19:15.919077');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B896E4579C088B9206C65684F9D,2,'awaiting_payment',0x01A22B893D1E7BF085A32720AE9CF68D,0x01A22B893C3E7AF7BD4C1D6C6A17815D,1,0x01A22B7FF65A7783A541573664EC9087,'page-paid','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:16.676866','2026-11-30 08:19:16.690024','2026-11-30 08:19:16.718953');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B8970277140941F7616A9773C85,2,'awaiting_payment',0x01A22B893EC274FEA4D826374EC0D3D2,0x01A22B893DCC7CF58F373952C796E82D,1,0x01A22B7FF65A7783A541573664EC9087,'slow','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:17.159348','2026-11-30 08:19:17.176017','2026-11-30 08:19:17.225930');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B89736970179F48EB5C0D0CA1AB,2,'awaiting_payment',0x01A22B89404F7646AAABADC6AC54DF9E,0x01A22B893F657DB8BDD36B9F3DCDE5E1,1,0x01A22B7FF65A7783A541573664EC9087,'cut','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:17.991553','2026-11-30 08:19:18.005681','2026-11-30 08:19:18.037858');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B8976007434888569A44BFB5ABA,3,'cancelled',0x01A22B8942927F11B8FFF955E5D6884A,0x01A22B89413A78BD80202CB585D8E850,1,0x01A22B7FF65A7783A541573664EC9087,'late','concert',NULL,NULL,NULL,NULL,3800,'USD','buyer','2026-11-30 08:34:18.655484','2026-11-30 08:19:18.663775','2026-11-30 08:19:23.182582');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B89791B7E6FBE5616F9993BB25F,2,'awaiting_payment',0x01A22B8943D27F5D9D43B17E2AEDE24E,0x01A22B894325772AA7566D78B7FD4EE1,1,0x01A22B7FF65A7783A541573664EC9087,'late-unseen','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:19.450756','2026-11-30 08:19:19.459424','2026-11-30 08:19:19.501397');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B897CF374579FD22802886DDD9A,2,'awaiting_payment',0x01A22B8945017DEFB6EF27C163854DBD,0x01A22B89446E7A288AF2A03D0A860336,1,0x01A22B7FF65A7783A541573664EC9087,'paid','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:20.434054','2026-11-30 08:19:20.447848','2026-11-30 08:19:20.491698');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B897F727F348345833C5E70F548,2,'awaiting_payment',0x01A22B894F0372EE9AB501C67C20DEE7,0x01A22B894E2F772F81CEE02897EBC776,1,0x01A22B7FF65A7783A541573664EC9087,'waiting','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:21.073589','2026-11-30 08:19:21.085287','2026-11-30 08:19:21.129395');
INSERT INTO `order_replica` (`id`, `version`, `status`, `user_id`, `ticket_id`, `ticket_revision`, `seller_id`, `title`, `category`, `venue`, `starts_at`, `time_zone`, `seat`, `price`, `currency`, `cancel_reason`, `expires_at`, `created_at`, `updated_at`) VALUES (0x01A22B8982737BA08CEAC544F74D3969,2,'awaiting_payment',0x01A22B893363719D939883C12A0294CA,0x01A22B89329D71F5BE64098657E5563A,1,0x01A22B7FF65A7783A541573664EC9087,'sold-unseen','concert',NULL,NULL,NULL,NULL,3800,'USD',NULL,'2026-11-30 08:34:21.843041','2026-11-30 08:19:21.853145','2026-11-30 08:19:21.939909');
CREATE TABLE `outbox` (
  `id` bigint(20) NOT NULL AUTO_INCREMENT,
  `event_id` binary(16) NOT NULL,
  `type` varchar(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `subject` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `version` bigint(20) NOT NULL,
  `body` mediumtext NOT NULL,
  `correlation_id` varchar(64) CHARACTER SET ascii COLLATE ascii_bin DEFAULT NULL,
  `created_at` datetime(6) NOT NULL DEFAULT current_timestamp(6),
  `sent_at` datetime(6) DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `outbox_event` (`event_id`),
  KEY `outbox_sent` (`sent_at`,`id`),
  CONSTRAINT `outbox_version` CHECK (`version` >= 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (1,0x01A22B89532D7FA192414659FE704486,'charge.created','01a22b89-5323-7040-bb27-8dd09772ccf5',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-532d-7fa1-9241-4659fe704486\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-5323-7040-bb27-8dd09772ccf5\",\"time\":\"2026-11-30T08:19:09.741432Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-5323-7040-bb27-8dd09772ccf5\",\"version\":1,\"orderId\":\"01a22b89-51d3-72cc-a4cc-f74e87f2a506\",\"userId\":\"01a22b89-31d9-735f-a632-4012a68894c3\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','e1cd701c061f086884e90d3298227a7e','2026-11-30 08:19:09.742025',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (2,0x01A22B895346715AB4BF411664D81216,'charge.updated','01a22b89-5323-7040-bb27-8dd09772ccf5',2,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-5346-715a-b4bf-411664d81216\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.updated\",\"subject\":\"01a22b89-5323-7040-bb27-8dd09772ccf5\",\"time\":\"2026-11-30T08:19:09.766958Z\",\"datacontenttype\":\"application/json\",\"version\":2,\"data\":{\"id\":\"01a22b89-5323-7040-bb27-8dd09772ccf5\",\"version\":2,\"orderId\":\"01a22b89-51d3-72cc-a4cc-f74e87f2a506\",\"userId\":\"01a22b89-31d9-735f-a632-4012a68894c3\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"completed\",\"refunded\":false}}','e1cd701c061f086884e90d3298227a7e','2026-11-30 08:19:09.767054',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (3,0x01A22B895BD376A49AC706645D54FB6C,'charge.created','01a22b89-5bcc-707e-accb-f8fc93598ec4',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-5bd3-76a4-9ac7-06645d54fb6c\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-5bcc-707e-accb-f8fc93598ec4\",\"time\":\"2026-11-30T08:19:11.955629Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-5bcc-707e-accb-f8fc93598ec4\",\"version\":1,\"orderId\":\"01a22b89-5667-7504-825f-99c5bc073992\",\"userId\":\"01a22b89-353d-7bc5-8252-a132a290eccd\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','a633f3cc45218e20d68a3972c9fe1b45','2026-11-30 08:19:11.955951',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (4,0x01A22B895BDC7A558A560AACFE211779,'charge.updated','01a22b89-5bcc-707e-accb-f8fc93598ec4',2,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-5bdc-7a55-8a56-0aacfe211779\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.updated\",\"subject\":\"01a22b89-5bcc-707e-accb-f8fc93598ec4\",\"time\":\"2026-11-30T08:19:11.964324Z\",\"datacontenttype\":\"application/json\",\"version\":2,\"data\":{\"id\":\"01a22b89-5bcc-707e-accb-f8fc93598ec4\",\"version\":2,\"orderId\":\"01a22b89-5667-7504-825f-99c5bc073992\",\"userId\":\"01a22b89-353d-7bc5-8252-a132a290eccd\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"completed\",\"refunded\":false}}','a633f3cc45218e20d68a3972c9fe1b45','2026-11-30 08:19:11.964417',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (5,0x01A22B895E4F7500A303DFF8B81014F4,'charge.updated','01a22b89-5bcc-707e-accb-f8fc93598ec4',3,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-5e4f-7500-a303-dff8b81014f4\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.updated\",\"subject\":\"01a22b89-5bcc-707e-accb-f8fc93598ec4\",\"time\":\"2026-11-30T08:19:12.591150Z\",\"datacontenttype\":\"application/json\",\"version\":3,\"data\":{\"id\":\"01a22b89-5bcc-707e-accb-f8fc93598ec4\",\"version\":3,\"orderId\":\"01a22b89-5667-7504-825f-99c5bc073992\",\"userId\":\"01a22b89-353d-7bc5-8252-a132a290eccd\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"completed\",\"refunded\":true}}',NULL,'2026-11-30 08:19:12.591381',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (6,0x01A22B89863678ABB08B7D1E193F0C2D,'charge.created','01a22b89-8631-750d-895e-a41a7c2dccd9',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-8636-78ab-b08b-7d1e193f0c2d\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-8631-750d-895e-a41a7c2dccd9\",\"time\":\"2026-11-30T08:19:22.806378Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-8631-750d-895e-a41a7c2dccd9\",\"version\":1,\"orderId\":\"01a22b89-7600-7434-8885-69a44bfb5aba\",\"userId\":\"01a22b89-4292-7f11-b8ff-f955e5d6884a\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','4cc578ed8356ffc4c838db01a7f51b41','2026-11-30 08:19:22.806451',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (7,0x01A22B8986447B44A8B196A075E13FBE,'charge.updated','01a22b89-8631-750d-895e-a41a7c2dccd9',2,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-8644-7b44-a8b1-96a075e13fbe\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.updated\",\"subject\":\"01a22b89-8631-750d-895e-a41a7c2dccd9\",\"time\":\"2026-11-30T08:19:22.820632Z\",\"datacontenttype\":\"application/json\",\"version\":2,\"data\":{\"id\":\"01a22b89-8631-750d-895e-a41a7c2dccd9\",\"version\":2,\"orderId\":\"01a22b89-7600-7434-8885-69a44bfb5aba\",\"userId\":\"01a22b89-4292-7f11-b8ff-f955e5d6884a\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"completed\",\"refunded\":false}}','4cc578ed8356ffc4c838db01a7f51b41','2026-11-30 08:19:22.820755',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (8,0x01A22B8989C2742E8FB917DE16D26427,'charge.created','01a22b89-89bb-7b02-9149-96859c072a6b',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-89c2-742e-8fb9-17de16d26427\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-89bb-7b02-9149-96859c072a6b\",\"time\":\"2026-11-30T08:19:23.714260Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-89bb-7b02-9149-96859c072a6b\",\"version\":1,\"orderId\":\"01a22b89-791b-7e6f-be56-16f9993bb25f\",\"userId\":\"01a22b89-43d2-7f5d-9d43-b17e2aede24e\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','9b4593c03d24113ed0ce37e1499ed806','2026-11-30 08:19:23.714296',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (9,0x01A22B8989CD71818AD7B9CE7110221A,'charge.updated','01a22b89-89bb-7b02-9149-96859c072a6b',2,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-89cd-7181-8ad7-b9ce7110221a\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.updated\",\"subject\":\"01a22b89-89bb-7b02-9149-96859c072a6b\",\"time\":\"2026-11-30T08:19:23.725596Z\",\"datacontenttype\":\"application/json\",\"version\":2,\"data\":{\"id\":\"01a22b89-89bb-7b02-9149-96859c072a6b\",\"version\":2,\"orderId\":\"01a22b89-791b-7e6f-be56-16f9993bb25f\",\"userId\":\"01a22b89-43d2-7f5d-9d43-b17e2aede24e\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"completed\",\"refunded\":false}}','9b4593c03d24113ed0ce37e1499ed806','2026-11-30 08:19:23.725654',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (10,0x01A22B898BAB73989C445FD63583BE90,'charge.created','01a22b89-8ba4-7134-90b5-eba985c267a9',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-8bab-7398-9c44-5fd63583be90\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-8ba4-7134-90b5-eba985c267a9\",\"time\":\"2026-11-30T08:19:24.203892Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-8ba4-7134-90b5-eba985c267a9\",\"version\":1,\"orderId\":\"01a22b89-8273-7ba0-8cea-c544f74d3969\",\"userId\":\"01a22b89-3363-719d-9398-83c12a0294ca\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','ce90e798840b714f91f026caf92e625d','2026-11-30 08:19:24.203932',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (11,0x01A22B898BB371BCB900135236819B3C,'charge.updated','01a22b89-8ba4-7134-90b5-eba985c267a9',2,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-8bb3-71bc-b900-135236819b3c\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.updated\",\"subject\":\"01a22b89-8ba4-7134-90b5-eba985c267a9\",\"time\":\"2026-11-30T08:19:24.211246Z\",\"datacontenttype\":\"application/json\",\"version\":2,\"data\":{\"id\":\"01a22b89-8ba4-7134-90b5-eba985c267a9\",\"version\":2,\"orderId\":\"01a22b89-8273-7ba0-8cea-c544f74d3969\",\"userId\":\"01a22b89-3363-719d-9398-83c12a0294ca\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"completed\",\"refunded\":false}}','ce90e798840b714f91f026caf92e625d','2026-11-30 08:19:24.211339',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (12,0x01A22B89A27F7F6E9506669F78B35AD5,'charge.created','01a22b89-a279-7e84-9349-5bb5df2695b8',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-a27f-7f6e-9506-669f78b35ad5\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-a279-7e84-9349-5bb5df2695b8\",\"time\":\"2026-11-30T08:19:30.047237Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-a279-7e84-9349-5bb5df2695b8\",\"version\":1,\"orderId\":\"01a22b89-7cf3-7457-9fd2-2802886ddd9a\",\"userId\":\"01a22b89-4501-7def-b6ef-27c163854dbd\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','6bd53869bbc0182b4f1e485b74bc6d14','2026-11-30 08:19:30.047326',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (13,0x01A22B89A2957D04AF869B5C8C2D08D0,'charge.updated','01a22b89-a279-7e84-9349-5bb5df2695b8',2,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-a295-7d04-af86-9b5c8c2d08d0\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.updated\",\"subject\":\"01a22b89-a279-7e84-9349-5bb5df2695b8\",\"time\":\"2026-11-30T08:19:30.069991Z\",\"datacontenttype\":\"application/json\",\"version\":2,\"data\":{\"id\":\"01a22b89-a279-7e84-9349-5bb5df2695b8\",\"version\":2,\"orderId\":\"01a22b89-7cf3-7457-9fd2-2802886ddd9a\",\"userId\":\"01a22b89-4501-7def-b6ef-27c163854dbd\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"completed\",\"refunded\":false}}','6bd53869bbc0182b4f1e485b74bc6d14','2026-11-30 08:19:30.070090',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (14,0x01A22B89A49375F282B66F6FF559CDB2,'charge.created','01a22b89-a490-729e-865e-60113e8f08c5',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-a493-75f2-82b6-6f6ff559cdb2\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-a490-729e-865e-60113e8f08c5\",\"time\":\"2026-11-30T08:19:30.579913Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-a490-729e-865e-60113e8f08c5\",\"version\":1,\"orderId\":\"01a22b89-678a-7bbb-857e-db96a7601c60\",\"userId\":\"01a22b89-39eb-7ed7-96bd-947366eaeb00\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','7ae389aa323113558096df9988f6f47f','2026-11-30 08:19:30.579956',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (15,0x01A22B89A69F7158B12565B7470B19D7,'charge.created','01a22b89-a698-734d-99c2-af02c46a9a76',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-a69f-7158-b125-65b7470b19d7\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-a698-734d-99c2-af02c46a9a76\",\"time\":\"2026-11-30T08:19:31.103367Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-a698-734d-99c2-af02c46a9a76\",\"version\":1,\"orderId\":\"01a22b89-6af2-7a6d-bb64-171bf1b8fa29\",\"userId\":\"01a22b89-3b88-7a14-86b5-fa6db38c4073\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','96e56a0fafedcff883f7099c0246718c','2026-11-30 08:19:31.103404',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (16,0x01A22B89A88679829030AEAC26940E64,'charge.created','01a22b89-a883-724b-8609-3b506c5ce9b1',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-a886-7982-9030-aeac26940e64\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-a883-724b-8609-3b506c5ce9b1\",\"time\":\"2026-11-30T08:19:31.590654Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-a883-724b-8609-3b506c5ce9b1\",\"version\":1,\"orderId\":\"01a22b89-6e45-79c0-88b9-206c65684f9d\",\"userId\":\"01a22b89-3d1e-7bf0-85a3-2720ae9cf68d\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','40bed1c6c997810daf71b0353165fbaf','2026-11-30 08:19:31.590690',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (17,0x01A22B89ACD772CA9300C0720577FF00,'charge.created','01a22b89-acc9-7a6c-891b-b1ddf006c643',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-acd7-72ca-9300-c0720577ff00\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-acc9-7a6c-891b-b1ddf006c643\",\"time\":\"2026-11-30T08:19:32.695565Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-acc9-7a6c-891b-b1ddf006c643\",\"version\":1,\"orderId\":\"01a22b89-7027-7140-941f-7616a9773c85\",\"userId\":\"01a22b89-3ec2-74fe-a4d8-26374ec0d3d2\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','fac5ba418c492a59f76ecee0fccf2de8','2026-11-30 08:19:32.698275',NULL);
INSERT INTO `outbox` (`id`, `event_id`, `type`, `subject`, `version`, `body`, `correlation_id`, `created_at`, `sent_at`) VALUES (18,0x01A22B89FFC57CE78B9A02F9816D3FE4,'charge.created','01a22b89-ffbc-7eec-a808-d6b305d7d4e9',1,'{\"specversion\":\"1.0\",\"id\":\"01a22b89-ffc5-7ce7-8b9a-02f9816d3fe4\",\"source\":\"/stagedoor/payments\",\"type\":\"charge.created\",\"subject\":\"01a22b89-ffbc-7eec-a808-d6b305d7d4e9\",\"time\":\"2026-11-30T08:19:53.925239Z\",\"datacontenttype\":\"application/json\",\"version\":1,\"data\":{\"id\":\"01a22b89-ffbc-7eec-a808-d6b305d7d4e9\",\"version\":1,\"orderId\":\"01a22b89-7369-7017-9f48-eb5c0d0ca1ab\",\"userId\":\"01a22b89-404f-7646-aaab-adc6ac54df9e\",\"amount\":3800,\"currency\":\"USD\",\"status\":\"created\",\"refunded\":false}}','f80981882d8322f265a595d07d924447','2026-11-30 08:19:53.925277',NULL);
CREATE TABLE `relay_state` (
  `id` bigint(20) NOT NULL,
  `progressed_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `relay_state_one` CHECK (`id` = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO `relay_state` (`id`, `progressed_at`) VALUES (1,'2026-11-30 08:19:56.222709');
CREATE TABLE `schema_migrations` (
  `name` varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `checksum` char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `done` bigint(20) NOT NULL,
  `applied_at` datetime(6) DEFAULT NULL,
  `breaks` bigint(20) DEFAULT NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO `schema_migrations` (`name`, `checksum`, `done`, `applied_at`, `breaks`) VALUES ('common/0001_common.sql','98aa1366bc49d20816a715aafe31800a61ed54450b125dccbdd1489b470dea08',5,'2026-11-30 08:18:50.329398',NULL);
INSERT INTO `schema_migrations` (`name`, `checksum`, `done`, `applied_at`, `breaks`) VALUES ('common/0002_dead_letter.sql','c26f18979f4fa14304e009ce30727e71dba3a6de91ff77eb949b448966409e6d',1,'2026-11-30 08:18:50.362420',NULL);
INSERT INTO `schema_migrations` (`name`, `checksum`, `done`, `applied_at`, `breaks`) VALUES ('payments/0001_payments.sql','74dec9969dcac1a522cafa9684b5ab20ada180b087ae923875ffa7545688085b',4,'2026-11-30 08:18:50.463377',NULL);
INSERT INTO `schema_migrations` (`name`, `checksum`, `done`, `applied_at`, `breaks`) VALUES ('payments/0002_charges_of_user.sql','6b65730c5617b7bd400255d99886ba3058c5568ce6f6872489fdd449329f65db',1,'2026-11-30 08:18:50.469986',NULL);
INSERT INTO `schema_migrations` (`name`, `checksum`, `done`, `applied_at`, `breaks`) VALUES ('payments/0003_open_choices.sql','01137355cfd03ae0e21ae34d4b95aef594e8d19657678385a5d949d341eb2170',4,'2026-11-30 08:18:50.538416',3);
CREATE TABLE `session_revoked` (
  `user_id` binary(16) NOT NULL,
  `sid_key` binary(16) NOT NULL,
  `sid` binary(16) DEFAULT NULL,
  `issued_before` datetime(6) NOT NULL,
  `until` datetime(6) NOT NULL,
  PRIMARY KEY (`user_id`,`sid_key`),
  KEY `session_revoked_until` (`until`),
  CONSTRAINT `session_revoked_key` CHECK (`sid_key` = coalesce(`sid`,X'00000000000000000000000000000000'))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
CREATE TABLE `webhook_event` (
  `id` varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `type` varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `outcome` varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL CHECK (`outcome` in ('applied','known','ignored','unknown','mismatch')),
  `received_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  KEY `received` (`received_at`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO `webhook_event` (`id`, `type`, `outcome`, `received_at`) VALUES ('evt_9KZUq2ZP4W1LArptfCtkRen2','payment_intent.succeeded','known','2026-11-30 08:19:22.821325');
INSERT INTO `webhook_event` (`id`, `type`, `outcome`, `received_at`) VALUES ('evt_RGLRgCaNpYbV1t4qDth6tcpF','payment_intent.succeeded','known','2026-11-30 08:19:30.070564');
INSERT INTO `webhook_event` (`id`, `type`, `outcome`, `received_at`) VALUES ('evt_YyAAtivZWwm7Ba9pfHgqH0tF','payment_intent.succeeded','known','2026-11-30 08:19:11.965709');
INSERT INTO `webhook_event` (`id`, `type`, `outcome`, `received_at`) VALUES ('evt_ezORaVgcy4BgDVMeXHaAVeha','payment_intent.succeeded','known','2026-11-30 08:19:23.726611');
INSERT INTO `webhook_event` (`id`, `type`, `outcome`, `received_at`) VALUES ('evt_m0mVD0xq1wnHE2ZuGyJjX8D3','refund.created','known','2026-11-30 08:19:12.592768');
INSERT INTO `webhook_event` (`id`, `type`, `outcome`, `received_at`) VALUES ('evt_okV1VRKl94lEtPQTADyd9y1C','payment_intent.succeeded','known','2026-11-30 08:19:09.774140');
INSERT INTO `webhook_event` (`id`, `type`, `outcome`, `received_at`) VALUES ('evt_xaRCy2hucUoGGml3UaDksYug','charge.refunded','ignored','2026-11-30 08:19:12.598398');
INSERT INTO `webhook_event` (`id`, `type`, `outcome`, `received_at`) VALUES ('evt_ywQMI3HVardmYZTseAJDGEds','payment_intent.succeeded','known','2026-11-30 08:19:24.211871');
