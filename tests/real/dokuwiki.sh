#!/usr/bin/env bash
# A real DokuWiki (Debian's package, flat files) on loopback, under PHP's own server.
# usage: dokuwiki.sh start FOLDER PORT | stop FOLDER | save FOLDER PORT PAGE TEXT SUMMARY
set -euo pipefail
action=$1 folder=$2 port=${3:-18083}
url=http://127.0.0.1:$port

case "$action" in
  stop)
    # PHP's own workers share its process group.
    [ -f "$folder/php.pid" ] && kill -- -"$(cat "$folder/php.pid")" 2>/dev/null || true
    exit 0
    ;;
  save)
    # Through the edit form, as a person would.
    page=$4 text=$5 summary=$6
    cookies=$(mktemp)
    form=$(curl -s -c "$cookies" -b "$cookies" "$url/doku.php?id=$page&do=edit")
    field() { grep -o "name=\"$1\" value=\"[^\"]*\"" <<<"$form" | head -1 | sed 's/.*value="//;s/"//'; }
    curl -s -o /dev/null -c "$cookies" -b "$cookies" "$url/doku.php" \
      --data-urlencode "id=$page" --data-urlencode "do[save]=Save" \
      --data-urlencode "sectok=$(field sectok)" --data-urlencode "date=$(field date)" \
      --data-urlencode "rev=0" --data-urlencode "prefix=" --data-urlencode "suffix=" \
      --data-urlencode "wikitext=$text" --data-urlencode "summary=$summary"
    rm -f "$cookies"
    exit 0
    ;;
esac

mkdir -p "$folder"
cp -rL /usr/share/dokuwiki "$folder/w" 2>/dev/null || true
mkdir -p "$folder/conf" "$folder/data"
cp -rL /etc/dokuwiki/. "$folder/conf/" 2>/dev/null || true
cp -rL /var/lib/dokuwiki/data/. "$folder/data/" 2>/dev/null || true
for part in attic cache index locks log media media_attic media_meta meta pages tmp; do
  mkdir -p "$folder/data/$part"
done
printf "<?php define('DOKU_CONF','%s/conf/');\n" "$folder" >"$folder/w/inc/preload.php"
cat >"$folder/conf/local.php" <<PHP
<?php
\$conf['title'] = 'Quillbrook Pupils Wiki';
\$conf['useacl'] = 0;
\$conf['savedir'] = '$folder/data';
\$conf['baseurl'] = '$url';
\$conf['basedir'] = '/';
\$conf['rss_content'] = 'html';
\$conf['rss_update'] = 1;
\$conf['updatecheck'] = 0;
\$conf['license'] = '';
PHP
rm -f "$folder/conf/local.protected.php" "$folder/w/install.php"
setsid nohup php -S "127.0.0.1:$port" -t "$folder/w" >"$folder/php.log" 2>&1 &
echo $! >"$folder/php.pid"
for _ in $(seq 80); do
  curl -fs "$url/doku.php" >/dev/null 2>&1 && exit 0
  sleep 0.25
done
echo "the wiki did not come up; see $folder/php.log" >&2
exit 1
