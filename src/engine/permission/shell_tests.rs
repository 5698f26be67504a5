#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods, reason = "test code")]
#![allow(clippy::too_many_lines, reason = "tables of command lines")]

use super::super::testing::{Session, short};
use super::super::{PermissionMode, PermissionUpdate, Verdict};
use std::fmt::Write;

/// Rows of `line => verdict reason`. `<NL>`, `<CR>`, `<NBSP>` stand for those characters.
fn table(session: &Session, text: &str) {
    let mut wrong = String::new();
    let mut count = 0;
    for row in text.lines().map(str::trim).filter(|row| !row.is_empty() && !row.starts_with("--- ")) {
        let (line, expected) = row.rsplit_once(" => ").expect(row);
        let line = line.trim().replace("<NL>", "\n").replace("<NBSP>", "\u{a0}").replace("<CR>", "\r");
        let decision = session.bash(&line);
        let found = short(&decision);
        count += 1;
        if found != expected.trim() {
            writeln!(wrong, "{line}\n    expected {expected}, found {found}: {}", decision.reason.describe())
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "of {count} rows these are wrong:\n{wrong}");
}

#[test]
fn read_only_commands_run_unasked_row_114_row_65() {
    table(
        &Session::new(PermissionMode::Default),
        r#"
        ls => allow reads
        ls -la src => allow reads
        ls -la src/*.rs => allow reads
        cat src/a.rs => allow reads
        cat 'a b.txt' "c d.txt" => allow reads
        echo hello $USER "${HOME}" => allow reads
        pwd => allow reads
        head -n 20 src/a.rs | tail -5 => allow reads
        grep -rn "fn main" src => allow reads
        grep foo *.rs => allow reads
        rg --files => allow reads
        rg -n 'a|b' src => allow reads
        find . -name '*.rs' -type f => allow reads
        wc -l src/a.rs => allow reads
        which node => allow reads
        diff a b => allow reads
        stat a && du -sh . => allow reads
        cd src && ls => allow reads
        cd /srv/lib; ls => allow reads
        git status => allow reads
        git diff HEAD~1 --stat => allow reads
        git log --oneline -5 => allow reads
        git --no-pager show HEAD:src/a.rs => allow reads
        git branch -a => allow reads
        git stash list => allow reads
        node -v => allow reads
        sort -k2 -n a | uniq -c | head => allow reads
        sed -n '5,10p' src/a.rs => allow reads
        sed 's/a/b/g' src/a.rs => allow reads
        cat < src/a.rs => allow reads
        ls 2>/dev/null => allow reads
        ls > /dev/null 2>&1 => allow reads
        timeout 5 ls => allow reads
        time -p ls => allow reads
        nice -n 5 cat src/a.rs => allow reads
        LANG=C ls => allow reads
        command -v git => allow reads
        test -f a && echo yes => allow reads
        ls # and nothing else => allow reads
        # only a comment => allow reads
        echo 'it; rm -rf /' => allow reads
        echo "a && b" => allow reads
        echo a\;b => allow reads
        git rev-parse 'stash@{0}' => allow reads
        printf '%s\n' a b => allow reads
        cat src/a.rs & => allow reads
        ls src || ls lib => allow reads
        cut -d/ -f1 a => allow reads
        cut -d '/' -f1 a => allow reads
        sort -t / -k2 a => allow reads
        tr / _ => allow reads
        cat -- -a => allow reads
        "#,
    );
}

#[test]
fn commands_that_are_not_read_only_ask_row_115_row_116() {
    table(
        &Session::new(PermissionMode::Default),
        r#"
        npm install => ask nothing
        touch a => ask nothing
        rm a => ask nothing
        mkdir a => ask nothing
        git commit -m x => ask nothing
        git push => ask nothing
        git branch new => ask nothing
        git config user.name x => ask nothing
        git stash => ask nothing
        git tag v1 => ask nothing
        git remote add x y => ask nothing
        curl https://example.com => ask nothing
        python3 script.py => ask nothing
        cargo build => ask nothing
        ls && npm test => ask nothing
        cat /etc/passwd => ask outside
        cat ../other/x => ask outside
        cat ~/.ssh/id_rsa => ask outside
        cat link/passwd => ask outside
        cat out.txt => ask outside
        echo /etc/* => ask outside
        cut -d, -f1 /etc/passwd => ask outside
        cat -- /etc/passwd => ask outside
        cat ~root/x => ask outside
        ls / => ask outside
        ls /etc/* => ask outside
        ls src/../../* => ask outside
        ls */../../x => ask outside
        find / -name x => ask outside
        find . -newer /etc/passwd => ask outside
        grep -f/etc/passwd x => ask outside
        grep --file=/etc/passwd x => ask outside
        grep -e root /etc/passwd => ask outside
        grep root /etc/passwd => ask outside
        grep -A 3 /etc/passwd => ask outside
        wc -l < /etc/passwd => ask outside
        cd / => ask outside
        cd => ask nothing
        cd - => ask nothing
        cd /tmp && ls => ask outside
        cd src && cat ../../x => ask outside
        cd src && git status => ask unclear
        cd /tmp && git log => ask unclear
        git -C /tmp log => ask nothing
        git diff --no-index /etc/passwd a => ask nothing
        git show /etc/passwd => ask outside
        git log -- *.rs => ask nothing
        find . -name *.rs => ask unclear
        sort *.txt => ask nothing
        sed -n 1p *.txt => ask nothing
        file -m magic a => ask nothing
        file -f list => ask nothing
        docker ps => ask nothing
        ls > files.txt => ask nothing
        ls >> files.txt => ask nothing
        ls > /etc/passwd => ask outside
        ls >| f => ask nothing
        ls &> f => ask nothing
        ls > ~/f => ask unclear
        ls > *.txt => ask unclear
        ls > $F => ask unclear
        cat $FILE => ask nothing
        ls > link/x => ask outside
        > f => ask nothing
        hostname evil => ask nothing
        date -s tomorrow => ask nothing
        uniq in out => ask nothing
        "#,
    );
}

#[test]
fn bypass_attempts_are_not_read_only_row_115() {
    table(
        &Session::new(PermissionMode::Default),
        r#"
        ls; rm -rf ~ => ask critical
        ls && rm -rf / => ask critical
        git diff $(touch x) => ask unclear
        git diff `touch x` => ask unclear
        echo "$(touch x)" => ask unclear
        echo "`touch x`" => ask unclear
        cat <(touch x) => ask unclear
        ls >(touch x) => ask unclear
        git -c core.pager=touch log => ask nothing
        git -c diff.external=touch diff => ask nothing
        git diff --output=x => ask nothing
        git diff --outp=x => ask nothing
        git diff --ext-diff => ask nothing
        git log --textconv => ask nothing
        git grep -O'touch x' foo => ask nothing
        git grep --open-files-in-pager=touch foo => ask nothing
        git --exec-path=. status => ask nothing
        git cat-file --filters HEAD:a => ask nothing
        sort -o f a => ask nothing
        sort -uo f a => ask nothing
        sort --output=f a => ask nothing
        sort --outp f a => ask nothing
        sort --compress-program=touch a => ask nothing
        sort -T /tmp a => ask nothing
        find . -fprint x => ask unclear
        find . -fprintf x %p => ask unclear
        find . -fls x => ask unclear
        find . -delete => ask unclear
        find . -exec rm {} ';' => ask unclear
        find . -execdir sh -c id ';' => ask unclear
        find . -ok rm {} \; => ask unclear
        find . $X => ask unclear
        sed '1w f' a => ask nothing
        sed 'w f' a => ask nothing
        sed '1e touch x' a => ask nothing
        sed 's/a/touch x/e' a => ask nothing
        sed 's/a/b/w f' a => ask nothing
        sed 's/a/b/gw f' a => ask nothing
        sed -f script a => ask nothing
        sed -n '1r /etc/passwd' a => ask nothing
        sed -i s/a/b/ a => ask nothing
        sed -n 1p -i a => ask nothing
        sed --in-place s/a/b/ a => ask nothing
        sed 's/[/]/x/w f;s/]/x/' a => ask nothing
        sed '1p<NL>w f' a => ask nothing
        test -v 'a[$(id)]' => ask unclear
        test 'a[$(id)]' -eq 0 => ask unclear
        [ -v 'a[$(id)]' ] => ask unclear
        [[ 'a[$(id)]' -eq 0 ]] => ask unclear
        printf -v 'a[$(id)]' x => ask unclear
        printf "$X" => ask unclear
        read 'a[$(id)]' => ask unclear
        let 'a[$(id)]=1' => ask unclear
        declare 'a[$(id)]=1' => ask unclear
        declare x => ask unclear
        export PATH=. => ask unclear
        unset PATH => ask unclear
        echo $((a[$(id)])) => ask unclear
        echo $[1+1] => ask unclear
        echo ${x@P} => ask unclear
        echo ${x:=$(id)} => ask unclear
        echo ${!x} => ask unclear
        ls<NL>rm a => ask nothing
        ls<NL><NL>rm a => ask nothing
        ls \<NL>; rm a => ask nothing
        ls & rm a => ask nothing
        ls | sh => ask unclear
        ls |& rm a => ask nothing
        l\s /etc => ask outside
        r\m a => ask nothing
        'rm' a => ask nothing
        "r"m a => ask nothing
        {rm,-rf,x} => ask critical
        ls {a,b} => ask nothing
        cat {/etc/passwd,a} => ask nothing
        $'rm' a => ask nothing
        $'\x72m' a => ask nothing
        $"rm" a => ask unclear
        ls $'\n'rm => allow reads
        ls<NBSP>-la => ask unclear
        ls<CR>rm a => ask critical
        ls # x<NL>rm a => ask nothing
        echo a#b; rm a => ask nothing
        cat <<< "$(touch x)" => ask unclear
        cat <<EOF<NL>$(touch x)<NL>EOF => ask unclear
        cat <<'EOF' | sh<NL>rm a<NL>EOF => ask unclear
        bash <<EOF<NL>rm a<NL>EOF => ask unclear
        alias ls=rm; ls a => ask unclear
        \rm a => ask nothing
        command rm a => ask nothing
        builtin eval 'rm a' => ask unclear
        timeout 5 rm a => ask nothing
        timeout -k 5 10 rm a => ask nothing
        timeout --foo 5 ls => ask unclear
        time -o f ls => ask unclear
        FOO=1 rm a => ask unclear
        PATH=. ls => ask unclear
        LD_PRELOAD=./x.so ls => ask unclear
        IFS=x ls => ask unclear
        BASH_ENV=x ls => ask unclear
        GIT_EXTERNAL_DIFF=touch git diff => ask unclear
        LESSOPEN=x PAGER=touch git log => ask unclear
        LANG=$(touch x) ls => ask unclear
        X=1 => ask unclear
        PATH=.; ls => ask unclear
        a[$(id)]=1 ls => ask unclear
        coproc rm a => ask unclear
        trap 'rm a' EXIT => ask unclear
        exec rm a => ask unclear
        exec 3> f => ask nothing
        . ./file => ask unclear
        source file => ask unclear
        eval ls => ask unclear
        ! rm a => ask unclear
        if true; then rm a; fi => ask unclear
        while true; do rm a; done => ask unclear
        for f in *; do rm $f; done => ask unclear
        case a in a) rm a;; esac => ask unclear
        f(){ rm a; }; f => ask unclear
        function f { rm a; }; f => ask unclear
        ls() { rm a; }; ls => ask unclear
        (rm a) => ask unclear
        { rm a; } => ask unclear
        sh -c 'rm a' => ask unclear
        bash -lc ls => ask unclear
        /bin/sh script => ask nothing
        env rm a => ask unclear
        env => ask unclear
        sudo ls => ask unclear
        xargs -I{} rm {} => ask unclear
        ls | xargs rm => ask nothing
        ls | xargs cat => ask nothing
        watch ls => ask unclear
        setsid ls => ask unclear
        flock f ls => ask unclear
        ionice ls => ask unclear
        rg --pre touch x => ask nothing
        rg --pre=touch x => ask nothing
        rg --hostname-bin=touch x => ask nothing
        rg -z x => ask nothing
        rg x * => ask nothing
        tree -o f => ask nothing
        diff -l a b => ask nothing
        file -C -m x => ask nothing
        ls > >(touch x) => ask unclear
        ls <> f => ask unclear
        ls {fd}> f => ask unclear
        cat > f a => ask unclear
        > f rm a => ask nothing
        ls 2> f => ask nothing
        ls >& f => ask nothing
        enable -f ./x.so y => ask unclear
        hash -p /bin/rm ls => ask unclear
        shopt -s expand_aliases => ask unclear
        $X a => ask unclear
        "$X" a => ask unclear
        l? => ask unclear
        'ls -la' => ask unclear
        ls 'unclosed => ask unclear
        ls && => ask unclear
        ls ;; => ask unclear
        nohup ls => allow reads
        noglob ls => allow reads
        wc --files0-from=- => ask nothing
        cmp a b; xxd a b => ask nothing
        git remote update => ask nothing
        git reflog expire --all => ask nothing
        git worktree add x => ask nothing
        awk 'BEGIN{system("id")}' => ask nothing
        base64 -o f a => ask nothing
        "#,
    );
}

#[test]
fn allow_rules_need_every_part_row_107_row_110() {
    table(
        &Session::new(PermissionMode::Default).allow(&[
            "Bash(npm run *)",
            "Bash(git commit:*)",
            "Bash(make)",
            "Bash(cargo te*)",
            "Bash(git * main)",
            "Bash(node *)",
            "Bash(touch:*)",
            "Bash(bash:*)",
            "Bash(find:*)",
            "Bash(grep:*)",
            "Bash(timeout:*)",
            "Bash(a.sh && b.sh)",
            "Bash(find . -name x -delete)",
            "Bash(for i in 1 2; do echo $i; done)",
            "Bash(test:*)",
            "Bash(printf:*)",
            "Bash(env:*)",
            "Bash(sudo:*)",
            "Bash(watch:*)",
            "Bash(cd:*)",
        ]),
        r#"
        npm run build => allow rule
        npm run => allow rule
        npm run test -- --watch "a b" => allow rule
        npm run $TARGET => allow rule
        npm runx => ask nothing
        npm install => ask nothing
        npm run build && npm run test => allow rule
        npm run build && npm install => ask nothing
        npm run build; ls | head => allow rule
        npm run build | sh => ask unclear
        npm run build | bash script.sh => allow rule
        npm run "$(touch x)" => ask unclear
        npm run `touch x` => ask unclear
        npm run build > out.log => ask nothing
        npm run build > /dev/null 2>&1 => allow rule
        npm run build<NL>npm install => ask nothing
        npm run build &<NL>curl x => ask nothing
        FOO=1 npm run build => ask unclear
        NODE_ENV=test npm run build => allow rule
        NODE_OPTIONS=--require=./x npm run build => ask unclear
        timeout 60 npm run build => allow rule
        timeout 60 npm install => ask nothing
        time npm run build => allow rule
        nice -n 3 npm run build => allow rule
        stdbuf -oL npm run build => allow rule
        nohup npm run build & => allow rule
        echo a | xargs npm run => allow rule
        echo a | xargs -n1 npm run => ask unclear
        'npm' run build => allow rule
        "npm run" build => ask unclear
        n\pm run build => allow rule
        git commit -m 'a; b' => allow rule
        git commit -m "a $(date)" => ask unclear
        git commits => ask nothing
        make => allow rule
        make all => ask nothing
        echo x | xargs make => ask nothing
        cargo test => allow rule
        cargo te => allow rule
        cargo build => ask nothing
        git push origin main => allow rule
        git push origin dev => ask nothing
        touch a src/b => allow rule
        touch /etc/x => ask outside
        touch link/x => ask outside
        touch $X => ask outside
        bash script.sh => allow rule
        bash -c 'npm run x' => ask unclear
        bash => ask unclear
        bash --rcfile x => ask unclear
        bash <<< 'rm a' => ask unclear
        find src -name '*.rs' => allow rule
        find src -delete => ask unclear
        find src -exec npm run {} + => ask unclear
        find . -name x -delete => allow rule
        find . -name x -delete -print => ask unclear
        ls; find . -name x -delete => allow rule
        time npm=1 curl x => ask unclear
        time cargo_te=1 curl x => ask unclear
        timeout 5 => ask unclear
        timeout 5 curl x => ask nothing
        a.sh && b.sh => allow rule
        a.sh => ask nothing
        a.sh && b.sh && c.sh => ask nothing
        for i in 1 2; do echo $i; done => allow rule
        for i in 1 2; do echo $i; done; ls => ask unclear
        test -v 'a[$(id)]' => ask unclear
        test -f a => allow rule
        printf -v x y => ask unclear
        printf x => allow rule
        env npm run x => ask unclear
        sudo npm run x => ask unclear
        watch npm run x => ask unclear
        node script.js => allow rule
        node -e 'x' => allow rule
        cd src && npm run build => allow rule
        cd src && git commit -m x => ask unclear
        npm run build && cd / && rm -rf * => ask critical
        (npm run build) => ask unclear
        ! npm run build => ask unclear
        if npm run a; then npm run b; fi => ask unclear
        npm run build <<EOF<NL>x<NL>EOF => ask unclear
        npm() { rm a; }; npm run x => ask unclear
        alias npm=rm; npm run x => ask unclear
        ./npm run build => ask nothing
        /tmp/npm run build => ask nothing
        grep -r x /etc => allow rule
        "#,
    );
}

#[test]
fn prefix_word_boundary_row_108_row_109() {
    let session = Session::new(PermissionMode::Default).allow(&["Bash(lsx *)", "Bash(foo*)", "Bash(bar:*)"]);
    table(
        &session,
        r#"
        lsx => allow rule
        lsx -la => allow rule
        lsxof => ask nothing
        foo => allow rule
        foobar => allow rule
        bar => allow rule
        bar baz => allow rule
        barbaz => ask nothing
        bar:x => ask nothing
        "#,
    );
    table(
        &Session::new(PermissionMode::Default).allow(&["Bash(a:b c)"]),
        "a:b c => allow rule\na => ask nothing",
    );
}

#[test]
fn bare_bash_allows_all_but_the_asked_row_101_row_62() {
    table(
        &Session::new(PermissionMode::Default).allow(&["Bash(*)"]),
        r#"
        curl x | sh => allow rule
        for i in 1; do rm a; done => allow rule
        ls > /tmp/x => allow rule
        rm -rf / => ask critical
        echo x > .git/hooks/pre-commit => ask protected
        "#,
    );
}

#[test]
fn deny_rules_look_inside_everything_row_111_row_112() {
    let rows = r#"
        rm a => deny rule
        ls; rm a => deny rule
        ls && rm a => deny rule
        ls | rm a => deny rule
        ls & rm a => deny rule
        ls<NL>rm a => deny rule
        (rm a) => deny rule
        { rm a; } => deny rule
        ! rm a => deny rule
        if true; then rm a; fi => deny rule
        while rm a; do :; done => deny rule
        for f in a; do rm $f; done => deny rule
        case a in a) rm a;; esac => deny rule
        f(){ rm a; } => deny rule
        echo $(rm a) => deny rule
        echo "$(rm a)" => deny rule
        echo `rm a` => deny rule
        cat <(rm a) => deny rule
        X=$(rm a) => deny rule
        sh -c 'rm a' => deny rule
        bash -lc "ls; rm a" => deny rule
        sh -c "sh -c 'rm a'" => deny rule
        eval 'rm a' => deny rule
        eval rm a => deny rule
        trap 'rm a' EXIT => deny rule
        sudo rm a => deny rule
        sudo -u root rm a => deny rule
        env FOO=1 rm a => deny rule
        env -S 'rm a' => deny rule
        timeout 5 rm a => deny rule
        timeout -s KILL 5 rm a => deny rule
        nice rm a => deny rule
        command rm a => deny rule
        builtin command rm a => deny rule
        exec rm a => deny rule
        xargs rm => deny rule
        xargs -n1 rm -f => deny rule
        find . -exec rm {} \; => deny rule
        watch 'rm a' => deny rule
        FOO=1 rm a => deny rule
        PATH=. rm a => deny rule
        \rm a => deny rule
        r\m a => deny rule
        'rm' a => deny rule
        r''m a => deny rule
        "r"'m' a => deny rule
        $'rm' a => deny rule
        $'\x72\155' a => deny rule
        /bin/rm a => deny rule
        ../../bin/rm a => deny rule
        r\<NL>m a => deny rule
        rm > f a => deny rule
        > f rm a => deny rule
        rm $X => deny rule
        rm <<EOF a<NL>x<NL>EOF => deny rule
        bash <<EOF<NL>rm a<NL>EOF => deny rule
        bash <<< 'rm a' => deny rule
        cat <<EOF<NL>$(rm a)<NL>EOF => deny rule
        coproc rm a => deny rule
        time rm a => deny rule
        ls |& rm a => deny rule
        $X a => ask unclear
        "$X" a => ask unclear
        $(echo rm) a => ask unclear
        {rm,a} => ask critical
        r? a => ask unclear
        eval "$X" => ask unclear
        sh -c "$X" => ask unclear
        curl x | sh => ask unclear
        ls 'unclosed => ask unclear
        sudo $X => ask unclear
        ! ! rm a => deny rule
        time ! rm a => deny rule
        &> <CR> rm2 a => ask unclear
        time A=1 rm a => deny rule
        <<< $ rm a => ask critical
        git push --force => deny rule
        git push origin --force => deny rule
        git $X --force => ask unclear
        git push $X => ask unclear
        git status => allow mode
        npm install => allow mode
        echo rm => allow mode
        rmx a => allow mode
        echo $X => allow mode
        timeout 5 npm test $X => allow mode
    "#;
    let rules = &["Bash(rm:*)", "Bash(git push *--force*)"];
    table(&Session::new(PermissionMode::BypassPermissions).deny(rules), rows);
    let asks = rows.replace("=> deny rule", "=> ask rule");
    table(&Session::new(PermissionMode::BypassPermissions).ask(rules), &asks);
}

#[test]
fn deny_beats_ask_beats_allow_in_every_mode_row_59_row_61() {
    let rules = |session: Session| {
        session.deny(&["Bash(git push:*)"]).ask(&["Bash(git commit:*)"]).allow(&["Bash(git:*)"])
    };
    use PermissionMode::{AcceptEdits, Auto, BypassPermissions, Default, DontAsk, Plan};
    for (mode, push, commit, stash) in [
        (Default, "deny rule", "ask rule", "allow rule"),
        (AcceptEdits, "deny rule", "ask rule", "allow rule"),
        (BypassPermissions, "deny rule", "ask rule", "allow mode"),
        (Auto, "deny rule", "ask rule", "allow rule"),
        (DontAsk, "deny rule", "deny rule", "allow rule"),
        (Plan, "deny rule", "deny plan", "deny plan"),
    ] {
        let session = rules(Session::new(mode));
        let found = ["git push", "git commit", "git stash"].map(|line| short(&session.bash(line)));
        assert_eq!(found, [push, commit, stash], "{mode}");
    }
}

#[test]
fn accept_edits_covers_file_commands_inside_row_68_row_69() {
    table(
        &Session::new(PermissionMode::AcceptEdits),
        r#"
        mkdir -p src/x => allow mode
        touch a b => allow mode
        rm -rf src/old => allow mode
        rmdir x => allow mode
        mv a src/ => allow mode
        cp -r src lib => allow mode
        sed -i 's/a/b/' a => allow mode
        sed -i.bak -e 's/a/b/g' a => allow mode
        touch /srv/lib/x => allow mode
        timeout 5 touch a => allow mode
        LANG=C touch a => allow mode
        mkdir a && touch a/b && ls => allow mode
        ls > files.txt => allow mode
        echo x >> src/log => allow mode
        touch /etc/x => ask outside
        rm ../x => ask outside
        rm ~/into => ask outside
        cp /etc/passwd a => ask outside
        cp a link => ask outside
        cp x/out.txt . => ask outside
        mv a /tmp => ask outside
        mv -t /tmp a => ask outside
        touch $X => ask nothing
        sed -i 's/a/b/w /tmp/x' a => ask nothing
        sed -i '1e id' a => ask nothing
        sed -i -f s a => ask nothing
        sed -i'/tmp/*' s/a/b/ a => ask nothing
        mv * src => ask nothing
        mv ./* src => allow mode
        cp --target-directory=/tmp a => ask nothing
        cp -s a b => ask nothing
        touch -r /etc/passwd a => ask nothing
        rm -rf . => ask critical
        rm -rf .. => ask critical
        touch .git/config => ask protected
        rm -rf .g* => ask protected
        touch hooks/pre-commit => ask protected
        echo x > .bashrc => ask protected
        echo x > .GIT/config => ask protected
        cp a .vscode/tasks.json => ask protected
        mkdir .claude/worktrees/x => allow mode
        chmod +x a => ask nothing
        npm install => ask nothing
        ls > /tmp/x => ask outside
        cd /tmp && touch x => ask outside
        cd $X && ls > x => ask nothing
        cd $X; touch x => ask nothing
        ls | xargs rm => ask nothing
        mkdir -m 700 x => allow mode
        rm -rf {a,/etc} => ask nothing
        "#,
    );
}

#[test]
fn critical_removals_ask_whatever_allows_them_row_118_row_138() {
    let rows = r#"
        rm -rf / => ask critical
        rm -rf /* => ask critical
        rm -rf /etc => ask critical
        rm -rf /usr/ => ask critical
        rm -rf ~ => ask critical
        rm -rf ~/ => ask critical
        rm -rf ~/* => ask critical
        rm -rf $HOME => ask critical
        rm -rf "$HOME"/* => ask critical
        rm -rf "${HOME}" => ask critical
        rm -rf . => ask critical
        rm -rf ./ => ask critical
        rm -rf "$PWD" => ask critical
        rm -rf /home/me/app => ask critical
        rm -rf .. => ask critical
        rm -rf ../* => ask critical
        rm -rf src/.. => ask critical
        rm -rf /srv/lib => ask critical
        rm -rf /srv/lib/* => ask critical
        rm -rf /srv => ask critical
        rm -rf $X/ => ask critical
        rm -rf $X/* => ask critical
        rm -rf "$X"/* => ask critical
        rm -rf -- / => ask critical
        rmdir / => ask critical
        sudo rm -rf / => ask critical
        echo $(rm -rf /) => ask critical
        sh -c 'rm -rf /' => ask critical
        cat <(rm -rf ~) => ask critical
        timeout 5 rm -rf / => ask critical
        cd / && rm -rf * => ask critical
        cd .. && rm -rf app => ask critical
        if true; then rm -rf /; fi => ask critical
        rm -rf /{bin,etc} => ask critical
        rm -rf 'unclosed / => ask critical
        /bin/rm -rf / => ask critical
        \rm -rf / => ask critical
        rm -rf link => ask critical
    "#;
    table(&Session::new(PermissionMode::BypassPermissions), rows);
    table(&Session::new(PermissionMode::Default).allow(&["Bash"]), rows);
    table(
        &Session::new(PermissionMode::BypassPermissions),
        r#"
        rm -rf src => allow mode
        rm -rf /tmp/x => allow mode
        rm -rf *.o => allow mode
        rm -rf $X => allow mode
        rm -rf $X/sub => allow mode
        rm a => allow mode
        "#,
    );
    let denied = Session::new(PermissionMode::BypassPermissions).deny(&["Bash(rm:*)"]);
    table(&denied, "rm -rf / => deny rule");
}

#[test]
fn path_rules_reach_file_commands_and_redirections_row_117_row_125() {
    let session = Session::new(PermissionMode::BypassPermissions).deny(&["Read(.env)", "Edit(src/**)"]);
    table(
        &session,
        r#"
        cat .env => deny rule
        cat a/b/.env => deny rule
        head -5 .env => deny rule
        sed -n 1p .env => deny rule
        grep x .env => deny rule
        cat < .env => deny rule
        ls; cat .env => deny rule
        timeout 5 cat .env => deny rule
        cp .env b => deny rule
        echo $(cat .env) => deny rule
        cd a && cat .env => deny rule
        rm src/a => deny rule
        echo x > src/a => deny rule
        cp b src/a => deny rule
        sed -i s/a/b/ src/a => deny rule
        tee src/a => deny rule
        rm inner/a => deny rule
        cp src/a b => allow mode
        cat src/a => allow mode
        python3 .env => allow mode
        "#,
    );
    let guarded = Session::new(PermissionMode::Default).deny(&["Read(.env)"]);
    table(&guarded, "cat .e* => ask nothing\ncat a => allow reads");
    let writes =
        Session::new(PermissionMode::Default).allow(&["Edit(/logs/**)", "Bash(npm run *)", "Edit(//tmp/x)"]);
    table(
        &writes,
        r#"
        npm run a > logs/x => allow rule
        npm run a > x => ask nothing
        npm run a > /tmp/x => allow rule
        npm run a > /tmp/y => ask outside
        "#,
    );
}

#[test]
fn plan_mode_only_looks_row_73() {
    table(
        &Session::new(PermissionMode::Plan).allow(&["Bash", "Write"]),
        r#"
        ls => allow rule
        npm run x => deny plan
        touch a => deny plan
        ls > f => deny plan
        ls > /dev/null => allow rule
        $(ls) => deny plan
        rm -rf / => deny plan
        "#,
    );
    table(&Session::new(PermissionMode::Plan), "cat a => allow reads\ncat /etc/passwd => ask outside");
    table(&Session::new(PermissionMode::Plan).ask(&["Bash(ls:*)"]), "ls => ask rule");
}

#[test]
fn dont_ask_runs_only_what_a_rule_allows_row_66_row_67() {
    table(
        &Session::new(PermissionMode::DontAsk).allow(&["Bash(npm run *)"]).ask(&["Bash(npm run ask)"]),
        r#"
        npm run x => allow rule
        npm run ask => deny rule
        ls => deny nothing
        npm run x; ls => deny nothing
        npm run x > f => deny nothing
        rm -rf / => deny critical
        $(x) => deny unclear
        "#,
    );
}

#[test]
fn long_lines_are_not_judged_row_115() {
    let long = format!("echo {}", "x".repeat(10_000));
    assert_eq!(short(&Session::new(PermissionMode::Default).bash(&long)), "ask unclear");
    assert_eq!(short(&Session::new(PermissionMode::BypassPermissions).bash(&long)), "allow mode");
    let denied = Session::new(PermissionMode::BypassPermissions).deny(&["Bash(rm:*)"]);
    assert_eq!(short(&denied.bash(&long)), "ask unclear");
}

#[test]
fn deep_nesting_ends() {
    let mut line = "x".to_owned();
    for _ in 0..12 {
        line = format!("sudo sudo sh -c {}", quote(&line));
        if line.len() > 9_000 {
            break;
        }
    }
    let session = Session::new(PermissionMode::Default).deny(&["Bash(rm:*)"]);
    assert_eq!(session.bash(&line).verdict, Verdict::Ask);
    let parens = format!("{}{}", "(".repeat(4_000), ")".repeat(4_000));
    assert_ne!(session.bash(&parens).verdict, Verdict::Allow);
    let subs = format!("echo {}ls{}", "$(".repeat(2_000), ")".repeat(2_000));
    assert_ne!(session.bash(&subs).verdict, Verdict::Allow);
    assert_ne!(session.bash(&"sudo ".repeat(1_900)).verdict, Verdict::Allow);
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[test]
fn suggestions_avoid_the_next_question_row_91_row_94() {
    for line in [
        "npm run build",
        "git commit -m x",
        "python3 script.py",
        "npm install && git push && make all",
        "cat /etc/hosts.d/x && cd /tmp/dir",
        "for i in 1 2; do echo $i; done",
        "sudo ls",
        "ls > out.txt",
        "ls > /tmp/out/x",
        "ls > new.txt",
        "cat link/passwd",
        "touch /tmp/x",
        "echo x | xargs rm",
        "find . -delete",
        "FOO=1 make",
    ] {
        let mut session = Session::new(PermissionMode::Default);
        let decision = session.bash(line);
        assert_eq!(decision.verdict, Verdict::Ask, "{line}");
        assert!(!decision.suggestions.is_empty() && decision.suggestions.len() <= 5, "{line}: {decision:?}");
        for update in &decision.suggestions {
            session.rules.apply(update).unwrap();
            if let PermissionUpdate::SetMode { mode, .. } = update {
                session.mode = *mode;
            }
        }
        assert_eq!(session.bash(line).verdict, Verdict::Allow, "{line}: {:?}", decision.suggestions);
    }
    let many = "a1 x; b1 x; c1 x; d1 x; e1 x; f1 x; g1 x";
    assert_eq!(Session::new(PermissionMode::Default).bash(many).suggestions.len(), 5);
}

#[test]
fn monitors_follow_bash_rules_row_119() {
    let session = Session::new(PermissionMode::Default).deny(&["Bash(rm:*)"]).allow(&["Bash(tail -f *)"]);
    let monitor = |line: &str| {
        let access = crate::engine::tool::Access::RunCommand(line.to_owned());
        short(&session.decide("Monitor", &serde_json::json!({ "command": line }), &access))
    };
    assert_eq!(monitor("rm a"), "deny rule");
    assert_eq!(monitor("tail -f /var/log/x"), "allow rule");
}
