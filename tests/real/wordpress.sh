#!/usr/bin/env bash
# A real WordPress (Debian's packages, MariaDB) on loopback, under PHP's own server, with posts and
# comments about an invented school. FOLDER/access.log has a line a request: method, address, status.
# usage: wordpress.sh start FOLDER PORT | stop FOLDER | comment FOLDER POST AUTHOR TEXT | delete FOLDER COMMENT
set -euo pipefail
action=$1 folder=$2

sql() { mariadb --no-defaults -S "$folder/s.sock" -uroot "$@"; }

case "$action" in
  stop)
    # PHP's own workers share its process group.
    [ -f "$folder/php.pid" ] && kill -- -"$(cat "$folder/php.pid")" 2>/dev/null || true
    [ -f "$folder/db.pid" ] && kill "$(cat "$folder/db.pid")" 2>/dev/null || true
    exit 0
    ;;
  comment)
    php "$folder/comment.php" "$folder/site" "$3" "$4" "$5"
    exit 0
    ;;
  delete)
    php "$folder/delete.php" "$folder/site" "$3"
    exit 0
    ;;
esac

port=$3 url=http://127.0.0.1:$3
# A server that starts removes every #sql* of the folder for temporary tables, another server's too.
mkdir -p "$folder/tmp"
mariadb-install-db --no-defaults --datadir="$folder/data" --tmpdir="$folder/tmp" --user="$(id -un)" \
  --auth-root-authentication-method=normal >"$folder/install.log" 2>&1 || { cat "$folder/install.log" >&2; exit 1; }
nohup mariadbd --no-defaults --user="$(id -un)" --datadir="$folder/data" --tmpdir="$folder/tmp" \
  --socket="$folder/s.sock" --skip-networking --pid-file="$folder/db.pid" >"$folder/db.log" 2>&1 &
for _ in $(seq 120); do
  sql -e 'select 1' >/dev/null 2>&1 && break
  sleep 0.25
done
sql -e "create database wp character set utf8mb4; create user wp@localhost identified by 'wp';
        grant all on wp.* to wp@localhost;"

cp -rL /usr/share/wordpress "$folder/site" 2>/dev/null || true  # The package keeps themes behind links.
[ -d "$folder/site/wp-content/themes" ] || cp -rL /var/lib/wordpress/wp-content/. "$folder/site/wp-content/"
cat >"$folder/site/wp-config.php" <<PHP
<?php
define('DB_NAME', 'wp'); define('DB_USER', 'wp'); define('DB_PASSWORD', 'wp');
define('DB_HOST', 'localhost:$folder/s.sock'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '$url'); define('WP_SITEURL', '$url');
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
\$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
PHP
cat >"$folder/site/robots.txt" <<ROBOTS
User-agent: *
Disallow: /wp-admin/
Disallow: /staff-room/
Disallow: /*?replytocom=
Sitemap: $url/wp-sitemap.xml
ROBOTS
cat >"$folder/comment.php" <<'PHP'
<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1'; $_SERVER['REQUEST_METHOD'] = 'GET';
require $argv[1] . '/wp-load.php';
wp_insert_comment(['comment_post_ID' => (int)$argv[2], 'comment_author' => $argv[3],
  'comment_author_email' => 'someone@mail.example', 'comment_content' => $argv[4],
  'comment_date' => current_time('mysql'), 'comment_date_gmt' => current_time('mysql', 1),
  'comment_approved' => 1]);
PHP
cat >"$folder/delete.php" <<'PHP'
<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1'; $_SERVER['REQUEST_METHOD'] = 'GET';
require $argv[1] . '/wp-load.php';
exit(wp_delete_comment((int)$argv[2], true) ? 0 : 1);
PHP
cat >"$folder/seed.php" <<'PHP'
<?php
define('WP_INSTALLING', true); $_SERVER['HTTP_HOST'] = '127.0.0.1'; $_SERVER['REQUEST_METHOD'] = 'GET';
require $argv[1] . '/wp-load.php'; require_once ABSPATH . 'wp-admin/includes/upgrade.php';
add_filter('pre_wp_mail', '__return_true');
wp_install('Quillbrook Parents Blog', 'editor', 'editor@quillbrook.example', true, '', 'editor-pass');
update_option('timezone_string', 'Europe/London');
update_option('permalink_structure', '/%year%/%monthnum%/%postname%/');
update_option('comment_moderation', 0); update_option('comment_previously_approved', 0);
update_option('thread_comments', 1); update_option('page_comments', 0);
wp_delete_post(1, true); wp_delete_post(2, true); wp_delete_comment(1, true);
$posts = [
  ['Quillbrook Academy consults on Year 6 uniform', '<p>Quillbrook Academy and its governors opened a '
   . '<strong>consultation</strong> on the new blazer. Replies close in December, and every family gets a letter '
   . 'that says how to answer.</p><p>The <a href="/staff-room/">staff room</a> is closed.</p>', 9],
  ['A safer crossing on Weir Road', '<p>The council paints <em>new</em> zig-zag lines in the holidays. '
   . 'Quillbrook Academy tells families where to stop the car until then.</p>', 5],
  ['Cake sale raises 412 pounds', '<p>Thank you to class 3B, and to all who baked. Photos come later.</p>', 2]];
foreach ($posts as [$title, $text, $days]) {
  $ids[] = wp_insert_post(['post_title' => $title, 'post_content' => $text, 'post_status' => 'publish',
    'post_date' => date('Y-m-d H:i:s', time() - $days * 86400), 'post_author' => 1, 'tags_input' => ['quillbrook']]);
}
wp_insert_post(['post_type' => 'page', 'post_name' => 'staff-room', 'post_title' => 'Staff room',
  'post_content' => '<p>Quillbrook Academy staff only.</p>', 'post_status' => 'publish', 'post_author' => 1]);
function say($post, $author, $text, $days) {
  $when = date('Y-m-d H:i:s', time() - $days * 86400);
  wp_insert_comment(['comment_post_ID' => $post, 'comment_author' => $author, 'comment_content' => $text,
    'comment_author_email' => 'x@mail.example', 'comment_date' => $when,
    'comment_date_gmt' => get_gmt_from_date($when), 'comment_approved' => 1]);
}
say($ids[0], 'Priya N', 'Which shop will sell it? Thank you.', 8);
say($ids[1], 'Owen R', 'Walking takes ten minutes from the bridge.', 4);
say($ids[2], 'Carol', 'Lovely afternoon, well done all!', 1);
file_put_contents($argv[2], implode("\n", $ids) . "\n");
PHP
php "$folder/seed.php" "$folder/site" "$folder/posts" >"$folder/seed.log" 2>&1 || { cat "$folder/seed.log" >&2; exit 1; }

cat >"$folder/router.php" <<PHP
<?php
\$path = parse_url(\$_SERVER['REQUEST_URI'], PHP_URL_PATH);
\$file = \$_SERVER['DOCUMENT_ROOT'] . \$path;
\$static = \$path !== '/' && is_file(\$file);
register_shutdown_function(function () {
  file_put_contents('$folder/access.log', \$_SERVER['REQUEST_METHOD'] . ' ' . \$_SERVER['REQUEST_URI'] . ' '
    . http_response_code() . "\n", FILE_APPEND | LOCK_EX);
});
if (\$static) return false;
if (is_dir(\$file) && is_file(rtrim(\$file, '/') . '/index.php') && \$path !== '/') {
  require rtrim(\$file, '/') . '/index.php';
  return;
}
\$_SERVER['SCRIPT_NAME'] = '/index.php';
require \$_SERVER['DOCUMENT_ROOT'] . '/index.php';
PHP
setsid nohup env PHP_CLI_SERVER_WORKERS=2 php -S "127.0.0.1:$port" -t "$folder/site" "$folder/router.php" \
  >"$folder/php.log" 2>&1 &
echo $! >"$folder/php.pid"
for _ in $(seq 120); do
  curl -fs "$url/robots.txt" >/dev/null 2>&1 && exit 0
  sleep 0.25
done
echo "the blog did not come up; see $folder/php.log" >&2
exit 1
