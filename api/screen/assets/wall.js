// Loads the team wall again every 30 seconds. While the server does not answer, the old figures say so.
"use strict";
setInterval(async () => {
    try {
        const answer = await fetch(location.href, {cache: "no-store"});
        if (answer.status === 404) location.reload();
        if (!answer.ok) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        document.querySelector("main").replaceWith(page.querySelector("main"));
    } catch {
        const at = document.querySelector(".true-at");
        at.classList.add("stale");
        at.textContent = at.dataset.stale;
    }
}, 30_000);
