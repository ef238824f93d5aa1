/* The chat page's own worker. What it does is said in the files that it brings in. */

importScripts("/static/widget/push-worker.js");
